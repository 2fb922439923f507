// BullMQ on Redis. Documented settings (docs.bullmq.io): `concurrency` of 100–300 for handlers that wait or do nothing,
// addBulk for batches, a connection of its own for the worker. `enableAutoPipelining` of ioredis joins the commands of
// concurrent `add` calls; it is off for the worker, whose maintainers advise against it. Finished jobs are kept (default).
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import type { OpenPeer, Payload } from "../peer.js";

const NAME = "bench";

export const open: OpenPeer = async (place) => {
  if (place.kind !== "redis") throw new Error("BullMQ is measured on Redis");
  const connect = (enableAutoPipelining: boolean) =>
    new Redis({ host: "127.0.0.1", port: place.port, maxRetriesPerRequest: null, enableAutoPipelining });
  const connection = connect(true);
  const workerConnection = connect(false);
  const queue = new Queue(NAME, { connection });
  await queue.waitUntilReady();
  let worker: Worker<Payload> | undefined;
  return {
    submit: (payload) => queue.add("noop", payload),
    submitMany: (payloads) => queue.addBulk(payloads.map((data) => ({ name: "noop", data }))),
    async work({ handle, atOnce = 200 }) {
      worker = new Worker<Payload>(NAME, async (job) => handle(job.data), {
        connection: workerConnection,
        concurrency: atOnce,
      });
      await worker.waitUntilReady();
    },
    async close() {
      // What waits is dropped with the whole server, so nothing is waited for.
      await worker?.close(true);
      await queue.close();
      workerConnection.disconnect();
      connection.disconnect();
    },
  };
};
