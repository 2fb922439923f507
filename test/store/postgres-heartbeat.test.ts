// The heartbeat's thread on the machine's clock: it speaks for a process that is silent, and not for ever.
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { KnownWorker, Store } from "../../src/store/store.js";
import { first, WORKER, workerState } from "./fixture.js";
import { freshSchema, openStore, openTestStore, refusal, startTestServer } from "./postgres-support.js";

beforeAll(startTestServer, 60_000);

const LEASE = 6_000;

/** The worker as another process sees it, once that holds; each look is a statement. */
function until(store: Store, holds: (worker: KnownWorker) => boolean): Promise<KnownWorker> {
  return vi.waitUntil(
    async () => {
      const worker = first(await store.workers());
      return holds(worker) ? worker : undefined;
    },
    { timeout: 60_000 },
  );
}

test("a silent process keeps its lease, and its lag is shown; beyond the stall limit the lease ends", async () => {
  const schema = freshSchema();
  const silent = await openStore({ schema, lease: LEASE, stallLimit: 5_000 });
  const other = await openStore({ schema });
  expect(silent.lease(WORKER).left).toBe(0);
  await silent.beat(workerState(WORKER));
  const { heartbeatAt } = first(await other.workers());
  expect(silent.lease(WORKER)).toEqual({ left: expect.any(Number), number: 1 });
  expect(silent.lease(WORKER).left).toBeGreaterThan(LEASE / 2);
  const spokenFor = await until(other, (worker) => worker.heartbeatAt > heartbeatAt);
  expect(spokenFor.isAlive).toBe(true);
  expect(spokenFor.eventLoopLag).toBeGreaterThan(0);
  const ended = await until(other, (worker) => !worker.isAlive);
  expect(ended.heartbeatAt - heartbeatAt).toBeLessThan(6_000);
  expect(silent.lease(WORKER).left).toBe(0);
  await silent.beat(workerState(WORKER));
  await until(other, (worker) => worker.isAlive);
  // It ended in between, so what was held under the first one may be another worker's.
  expect(silent.lease(WORKER).number).toBe(2);
  await silent.retire(WORKER);
  expect(await other.workers()).toEqual([]);
});

test("a closed store ends its thread and beats no more", async () => {
  const schema = freshSchema();
  await openStore({ schema });
  const store = await openTestStore({ schema });
  onTestFinished(() => store.close());
  await store.beat(workerState(WORKER));
  await store.close();
  expect((await refusal(store.beat(workerState(WORKER)))).code).toBe("closed");
});
