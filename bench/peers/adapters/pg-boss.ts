// pg-boss on PostgreSQL. Documented settings: `insert` for batches, `work` with `batchSize` 500 (a batch is completed with
// one statement), and `notifyWorker`, which has a worker look again at once instead of after the polling interval: it is
// called where a batch was full of work and, since submitter and worker share a process, after each submit.
import PgBoss from "pg-boss";
import type { OpenPeer, Payload } from "../peer.js";

const NAME = "bench";
const BATCH = 500;
/** More than one, so that one fetches while the other completes. */
const WORKERS = 2;

export const open: OpenPeer = async (place) => {
  if (place.kind !== "postgres") throw new Error("pg-boss needs PostgreSQL");
  const boss = new PgBoss({ connectionString: place.url, max: 10 });
  boss.on("error", (error) => process.stderr.write(`pg-boss: ${error.message}\n`));
  await boss.start();
  await boss.createQueue(NAME);
  const workers: string[] = [];
  const notify = () => {
    for (const id of workers) boss.notifyWorker(id);
  };
  return {
    async submit(payload) {
      await boss.send(NAME, payload);
      notify();
    },
    submitMany: (payloads) => boss.insert(payloads.map((data) => ({ name: NAME, data }))),
    async work({ handle, atOnce }) {
      for (let number = 0; number < WORKERS; number++) {
        let id: string | undefined;
        id = await boss.work<Payload>(
          NAME,
          {
            batchSize: atOnce === undefined ? BATCH : Math.ceil(atOnce / WORKERS),
            pollingIntervalSeconds: 0.5,
          },
          async (jobs) => {
            if (id !== undefined) boss.notifyWorker(id);
            await Promise.all(jobs.map((job) => handle(job.data)));
          },
        );
        workers.push(id);
      }
    },
    close: () => boss.stop({ graceful: false, wait: false, timeout: 1_000 }),
  };
};
