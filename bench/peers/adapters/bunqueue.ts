// bunqueue embedded, on one SQLite file, run by Bun. Documented settings: `addBulk`, a worker with concurrency 100 that
// pulls 100 at a time, long polling (`pollTimeout`), as its own comparison with BullMQ has for latency. Jobs go through a
// write buffer of some milliseconds; with `durable` a job is written before it is acknowledged (SQLite synchronous NORMAL).

import path from "node:path";
import { pathToFileURL } from "node:url";
import { Queue, Worker } from "bunqueue/client";
import { freePort } from "../../../test/support/postgres.js";
import type { OpenPeer, Payload, Place, Served } from "../peer.js";
import { ROOT } from "../product.js";

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

/** `bunqueue start`, the server with its HTTP API, in this process. */
export async function serve(place: Place): Promise<Served> {
  if (place.kind !== "folder") throw new Error("bunqueue is measured on a file");
  const [http, tcp] = [await freePort(), await freePort()];
  process.argv.splice(
    2,
    Number.POSITIVE_INFINITY,
    ...["start", "--host", "127.0.0.1", "--http-port", String(http), "--tcp-port", String(tcp)],
    ...["--data-path", `${place.folder}/bunqueue.db`],
  );
  process.env.LOG_LEVEL = "warn";
  // By default a client is refused after 10,000 requests a minute.
  process.env.RATE_LIMIT_MAX_REQUESTS = "1000000000";
  const cli = path.join(ROOT, "bench/peers/node_modules/bunqueue/dist/cli/index.js");
  const { main }: { main(): Promise<void> } = await import(pathToFileURL(cli).href);
  main().catch((error: unknown) => process.stderr.write(`bunqueue: ${String(error)}\n`));
  const address = `http://127.0.0.1:${http}`;
  await answers(`${address}/health`);
  const durable = process.env.BENCH_DURABLE === "1";
  return { url: `${address}/queues/${NAME}/jobs`, body: JSON.stringify({ data: { rows: 1000 }, durable }) };
}

/** Resolves once the server answers; throws after 10 s. */
async function answers(url: string): Promise<void> {
  const end = performance.now() + 10_000;
  for (;;) {
    try {
      const reply = await fetch(url);
      if (reply.ok) return;
    } catch (error) {
      if (performance.now() > end) throw new Error(`${url} did not answer`, { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
