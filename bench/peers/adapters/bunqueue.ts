// bunqueue embedded, on one SQLite file, run by Bun. Documented settings: `addBulk`, a worker with concurrency 100 that
// pulls 100 at a time, long polling (`pollTimeout`), as its own comparison with BullMQ has for latency. Jobs go through a
// write buffer of some milliseconds; with `durable` a job is written before it is acknowledged (SQLite synchronous NORMAL).
import { Queue, Worker } from "bunqueue/client";
import type { OpenPeer, Payload } from "../peer.js";

const NAME = "bench";

export const open: OpenPeer = async (place) => {
  if (place.kind !== "folder") throw new Error("bunqueue is measured embedded, on a file");
  const dataPath = `${place.folder}/bunqueue.db`;
  const opts = { durable: process.env.BENCH_DURABLE === "1" };
  const queue = new Queue(NAME, { embedded: true, dataPath });
  let worker: Worker<Payload> | undefined;
  return {
    submit: (payload) => queue.add("noop", payload, opts),
    submitMany: (payloads) => queue.addBulk(payloads.map((data) => ({ name: "noop", data, opts }))),
    async work({ handle, atOnce = 100 }) {
      worker = new Worker<Payload>(NAME, async (job) => handle(job.data), {
        embedded: true,
        dataPath,
        concurrency: atOnce,
        batchSize: 100,
        pollTimeout: 5_000,
      });
    },
    async close() {
      await worker?.close(true);
      await queue.close();
    },
  };
};
