// A full disk: the store says so, keeps all or nothing, and works again once there is room. Needs a small tmpfs, so root.
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { mountSmallDisk } from "../support/small-disk.js";
import { createBench } from "./fixture.js";
import { refusal, temporaryFolder } from "./sqlite-support.js";

test("nothing is half written on a full disk, and it goes on once there is room", async ({ skip }) => {
  const folder = temporaryFolder();
  if (!mountSmallDisk(folder, "8m")) skip("no right to mount a small disk");
  const clock = createManualClock();
  const store = await openSqliteStore({ file: path.join(folder, "tasks.db"), clock });
  // Before the disk is unmounted, which is registered earlier and therefore runs later.
  onTestFinished(() => store.close());
  const bench = createBench(store, clock);
  const ballast = path.join(folder, "ballast");
  writeFileSync(ballast, Buffer.alloc(3 * 1024 * 1024));
  const parameters = JSON.stringify({ text: "x".repeat(20_000) });
  const stored: string[] = [];
  const refused = await refusal(
    (async () => {
      for (;;) stored.push(...(await bench.insert({ parameters }, { parameters }, { parameters })));
    })(),
  );
  expect(refused.code).toBe("full");
  expect((await store.list({}, { limit: 1, order: "newest" })).total.value).toBe(stored.length);
  expect((await store.get(stored)).every((task) => task?.status === "PENDING")).toBe(true);

  rmSync(ballast);
  const [after] = await bench.insert({ parameters });
  expect((await bench.get(after ?? "")).status).toBe("PENDING");
  expect(await bench.claim({ limit: 1 })).toHaveLength(1);
});
