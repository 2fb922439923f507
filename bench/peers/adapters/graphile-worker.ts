// Graphile Worker on PostgreSQL, with the very settings of worker.graphile.org/docs/performance: concurrentJobs 24,
// maxPoolSize 25, localQueue of 500, completions and failures batched. It deletes a job that succeeded.
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import type { OpenPeer, Payload } from "../peer.js";

const NAME = "noop";

export const open: OpenPeer = async (place) => {
  if (place.kind !== "postgres") throw new Error("Graphile Worker needs PostgreSQL");
  const preset = (concurrentJobs: number) => ({
    worker: {
      connectionString: place.url,
      concurrentJobs,
      maxPoolSize: 25,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
      logger: new Logger(() => () => undefined),
    },
  });
  const utils = await makeWorkerUtils({ preset: preset(24) });
  await utils.migrate();
  let runner: { stop(): Promise<void> } | undefined;
  return {
    submit: (payload) => utils.addJob(NAME, payload),
    submitMany: (payloads) => utils.addJobs(payloads.map((payload) => ({ identifier: NAME, payload }))),
    async work({ handle, atOnce = 24 }) {
      runner = await run<Payload>({
        preset: preset(atOnce),
        noHandleSignals: true,
        taskList: { [NAME]: handle },
      });
    },
    async close() {
      await runner?.stop();
      await utils.release();
    },
  };
};
