// A deadline that is left without its task, as no verb leaves one, is dropped and counts as nothing.
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { createBench } from "./fixture.js";
import { openStore, temporaryFolder } from "./sqlite-support.js";

test("only tasks that ended are counted as expired", async () => {
  const clock = createManualClock();
  const file = path.join(temporaryFolder(), "taskwright.db");
  const first = await openStore(file, clock);
  const bench = createBench(first, clock);
  await bench.insert({ expiresIn: 10 });
  await first.close();
  const database = new Database(file);
  database.prepare("INSERT INTO deadline (at, id) VALUES (?, ?)").run(clock.now(), bench.id());
  database.close();

  const store = await openStore(file, clock);
  await clock.advance(10);
  expect(await store.promote(10)).toEqual({ count: 1 });
  expect(await store.promote(10)).toEqual({ count: 0 });
});
