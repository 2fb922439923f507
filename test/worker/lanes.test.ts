// Many lanes and few slots: a worker goes on until every lane is empty. On a clock that stands still, so that no poll helps.
import path from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { ManualClock } from "../../src/lib/clock.js";
import type { Store } from "../../src/store/store.js";
import { createBench } from "../store/fixture.js";
import { freshSchema, openStore as openPostgres, startTestServer } from "../store/postgres-support.js";
import { openStore as openSqlite, temporaryFolder } from "../store/sqlite-support.js";
import { manualBench, typeOf } from "./bench.js";

const LANES = ["a", "b", "c", "d", "e", "f", "g"];

beforeAll(startTestServer, 60_000);

/** A worker with two slots on `store`, for tasks of seven types. */
function setUp(store: Store, clock: ManualClock) {
  const done: string[] = [];
  let check: () => void = () => undefined;
  const types = LANES.map((name) =>
    typeOf(name, () => {
      done.push(name);
      check();
    }),
  );
  const worker = manualBench(types).worker({ store, clock, concurrency: 2 });
  onTestFinished(() => worker.stop());
  return {
    worker,
    /** Resolves once `count` handlers have run. */
    ran: (count: number) =>
      new Promise<void>((resolve) => {
        check = () => {
          if (done.length >= count) resolve();
        };
        check();
      }),
    done,
  };
}

describe.each([
  [
    "SQLite",
    (clock: ManualClock) => {
      const file = path.join(temporaryFolder(), "tasks.db");
      return () => openSqlite(file, clock);
    },
  ],
  [
    "PostgreSQL",
    (clock: ManualClock) => {
      const schema = freshSchema();
      return () => openPostgres({ clock, schema });
    },
  ],
])("%s", (_name, place) => {
  test("after a restart a backlog in more lanes than slots is worked off without a pause", async () => {
    const { clock } = manualBench([]);
    const open = place(clock);
    const before = await open();
    await createBench(before, clock).insert(...LANES.map((taskType) => ({ taskType })));
    await before.close();
    const { worker, ran, done } = setUp(await open(), clock);
    await worker.start();
    await clock.advance(0);
    await ran(LANES.length);
    expect([...done].sort()).toEqual(LANES);
  });
});

test("an idle worker works off what another process stores in more lanes than it has slots", async () => {
  const { clock } = manualBench([]);
  const schema = freshSchema();
  const other = await openPostgres({ clock, schema });
  const store = await openPostgres({ clock, schema });
  // Its first hint says that it hears of other processes.
  const hears = new Promise<void>((resolve) => {
    store.onWork(resolve);
  });
  const { worker, ran, done } = setUp(store, clock);
  await worker.start();
  await clock.advance(0);
  await hears;
  await createBench(other, clock).insert(...LANES.map((taskType) => ({ taskType })));
  await ran(LANES.length);
  expect([...done].sort()).toEqual(LANES);
});
