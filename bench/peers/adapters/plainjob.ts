// plainjob on better-sqlite3 (the product's own build of SQLite). It sets WAL and synchronous NORMAL itself: a power cut may
// lose what was acknowledged last. A worker runs one job at a time, so several are started where handlers wait. It finds
// new jobs by polling, once a second by default; here every 10 ms, its idle figures are those of that setting.
import Database from "better-sqlite3";
import { better, defineQueue, defineWorker } from "plainjob";
import type { OpenPeer } from "../peer.js";

const NAME = "noop";
const quiet = () => undefined;
const logger = {
  error: (message: string) => process.stderr.write(`plainjob: ${message}\n`),
  warn: quiet,
  info: quiet,
  debug: quiet,
};

export const open: OpenPeer = async (place) => {
  if (place.kind !== "folder") throw new Error("plainjob keeps its jobs in a file");
  const database = new Database(`${place.folder}/plainjob.db`);
  const queue = defineQueue({ connection: better(database), logger });
  const workers: { start(): Promise<void>; stop(): Promise<void> }[] = [];
  let stopped: Promise<unknown> | undefined;
  return {
    submit: async (payload) => queue.add(NAME, payload),
    submitMany: async (payloads) => queue.addMany(NAME, payloads),
    async work({ handle, atOnce = 1 }) {
      for (let number = 0; number < atOnce; number++) {
        const worker = defineWorker(NAME, (job) => handle(JSON.parse(job.data)), {
          queue,
          logger,
          pollIntervall: 10,
        });
        workers.push(worker);
        // Its loop ends with `stop`. It starts after the caller has had its answer: with no-op handlers it yields to nothing.
        setImmediate(() => {
          worker.start().catch((error: unknown) => process.stderr.write(`plainjob: ${String(error)}\n`));
        });
      }
    },
    rest() {
      // Only the word to stop is needed here; what it resolves to is waited for in `close`.
      stopped = Promise.all(workers.map((worker) => worker.stop()));
    },
    async close() {
      await (stopped ?? Promise.all(workers.map((worker) => worker.stop())));
      queue.close();
    },
  };
};
