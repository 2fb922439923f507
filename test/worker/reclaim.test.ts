// Tasks that run under a worker which does not know of them: taken over and not settled, or claimed by an answer that was
// lost. They must not stay RUNNING. On a clock that is moved by hand.
import { beforeAll, expect, onTestFinished, test } from "vitest";
import type { TurnRequest } from "../../src/store/contract/work.js";
import { StoreError } from "../../src/store/store.js";
import { createBench } from "../store/fixture.js";
import { startLine } from "../store/postgres-line.js";
import { freshSchema, openStore, startTestServer } from "../store/postgres-support.js";
import { deferred, manualBench, typeOf } from "./bench.js";

const DEAD = "dead-worker";

beforeAll(startTestServer, 60_000);

/** A task type whose handler says that it ran. */
function observedType() {
  const ran = deferred();
  return { type: typeOf("work", () => ran.resolve()), ran: ran.promise };
}

test("a task that was taken over while the database went away runs again once it is back", async () => {
  const { type, ran } = observedType();
  const bench = manualBench([type]);
  const { clock } = bench;
  const schema = freshSchema();
  const near = await openStore({ clock, schema });
  const [id = ""] = await createBench(near, clock).insert({});
  const held = await createBench(near, clock).claim({}, DEAD);
  expect(held.map((task) => task.id)).toEqual([id]);

  const line = await startLine();
  const store = await openStore({ clock, schema, url: line.url });
  const failed = deferred();
  const worker = bench.worker({
    store: {
      ...store,
      async reclaim(...request) {
        const taken = await store.reclaim(...request);
        if (taken.length > 0) line.cut();
        return taken;
      },
    },
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (_, message) => {
        if (message.startsWith("settling or claiming failed")) failed.resolve();
      },
    },
  });
  onTestFinished(async () => {
    line.mend();
    await worker.stop();
  });
  await worker.start();
  await near.retire(DEAD);
  await clock.leap(31_000);
  await failed.promise;
  expect(await near.get([id])).toMatchObject([{ status: "RUNNING", worker: worker.id, crashes: 1 }]);
  line.mend();
  await clock.advance(1_000);
  await ran;
});

test("what a worker took over that could not start goes to the next one", async () => {
  const { type, ran } = observedType();
  const bench = manualBench([type]);
  const id = await bench.submit(type);
  await createBench(bench.store, bench.clock).claim({}, DEAD);
  await bench.store.retire(DEAD);
  const failing = bench.worker({
    store: {
      ...bench.store,
      async reclaim(...request) {
        await bench.store.reclaim(...request);
        throw new StoreError("unavailable", "It is away.");
      },
    },
  });
  await expect(failing.start()).rejects.toThrow("It is away.");
  expect(await bench.task(id)).toMatchObject({ status: "RUNNING", worker: failing.id });
  const worker = bench.worker();
  onTestFinished(() => bench.stop(worker));
  await worker.start();
  await bench.clock.advance(0);
  await ran;
  expect(await bench.finished(id)).toMatchObject({ status: "SUCCESS", worker: worker.id });
});

test("a task whose claim was answered to nobody is found and run", async () => {
  const { type, ran } = observedType();
  const bench = manualBench([type]);
  let answersLost = 0;
  const worker = bench.worker({
    store: {
      ...bench.store,
      async turn(request: TurnRequest) {
        const answer = await bench.store.turn(request);
        if (answer.claimed.length > 0 && answersLost++ === 0)
          throw new StoreError("unavailable", "It is away.");
        return answer;
      },
    },
  });
  onTestFinished(() => bench.stop(worker));
  const id = await bench.submit(type);
  await worker.start();
  await bench.until(() => bench.warnings.length > 0);
  expect(await bench.task(id)).toMatchObject({ status: "RUNNING" });
  await bench.clock.advance(1_000);
  await ran;
  expect(await bench.finished(id)).toMatchObject({ status: "SUCCESS", attempt: 1 });
});

test("a task that runs under the worker without its knowledge is found within a minute", async () => {
  const { type, ran } = observedType();
  const bench = manualBench([type]);
  const worker = bench.worker();
  onTestFinished(() => bench.stop(worker));
  await worker.start();
  const id = await bench.submit(type);
  // Claimed in its name, past it.
  const claim = { limit: 1, taskTypes: ["work"], queues: "all" } as const;
  await bench.store.turn({ worker: worker.id, outcomes: [], claim });
  await bench.clock.advance(60_000);
  await ran;
  expect(await bench.finished(id)).toMatchObject({ status: "SUCCESS", attempt: 1 });
});
