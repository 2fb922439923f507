// Claims of large tasks: no more at once than crosses to the worker well, in order, and none is left behind.
import path from "node:path";
import { expect, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import type { NewTask } from "../../src/model/task.js";
import { createBench } from "./fixture.js";
import { openStore, temporaryFolder } from "./sqlite-support.js";

const MB = 1024 * 1024;
const parameters = JSON.stringify({ text: "x".repeat(MB - 20) });

/** Claims until nothing is left; the sizes of the claims, and the ids in the order in which they came. */
async function claimAll(tasks: readonly Partial<NewTask>[]) {
  const clock = createManualClock();
  const bench = createBench(await openStore(path.join(temporaryFolder(), "tasks.db"), clock), clock);
  const ids = await bench.insert(...tasks);
  const sizes: number[] = [];
  const claimed: string[] = [];
  for (;;) {
    const found = await bench.claim({ limit: 500 });
    if (found.length === 0) return { ids, sizes, claimed };
    sizes.push(found.length);
    claimed.push(...found.map((task) => task.id));
  }
}

test("one lane gives 8 MB at a time", async () => {
  const { ids, sizes, claimed } = await claimAll(Array.from({ length: 20 }, () => ({ parameters })));
  expect(sizes).toEqual([9, 9, 2]);
  expect(claimed).toEqual(ids);
});

test("several lanes give 8 MB together", async () => {
  const tasks = Array.from({ length: 20 }, (_, position) => ({
    parameters,
    taskType: position % 3 === 0 ? "mail" : "work",
  }));
  const { ids, sizes, claimed } = await claimAll(tasks);
  expect(sizes).toEqual([9, 9, 2]);
  expect(claimed).toEqual(ids);
});

test("a small task behind large ones is not left behind", async () => {
  const large = Array.from({ length: 9 }, () => ({ parameters }));
  const { ids, claimed } = await claimAll([...large, {}]);
  expect(claimed).toEqual(ids);
});
