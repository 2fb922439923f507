// Group commit: who shares a batch, what a failing item does to its batch-mates.
import { expect, test } from "vitest";
import { createBatcher } from "../../src/lib/batcher.js";

function collecting(limits: { maxItems: number; maxBytes: number }) {
  const batches: string[][] = [];
  const batcher = createBatcher<string, string>({
    ...limits,
    bytes: (item) => item.length,
    divisible: (error) => error instanceof RangeError,
    commit: async (items) => {
      batches.push([...items]);
      if (items.includes("bad")) throw new RangeError("bad item");
      if (items.includes("down")) throw new Error("store is down");
      return items.map((item) => item.toUpperCase());
    },
  });
  return { batches, batcher };
}

test("what arrives together is committed together, and each hears its own answer", async () => {
  const { batches, batcher } = collecting({ maxItems: 10, maxBytes: 1_000 });
  expect(await Promise.all(["a", "b", "c"].map((item) => batcher.add(item)))).toEqual(["A", "B", "C"]);
  expect(batches).toEqual([["a", "b", "c"]]);
  expect(batcher.size).toBe(0);
});

test("batches keep to the bounds on items and bytes, and an item over the bound goes alone", async () => {
  const { batches, batcher } = collecting({ maxItems: 2, maxBytes: 4 });
  await Promise.all(["a", "b", "c", "dddddd", "e"].map((item) => batcher.add(item)));
  expect(batches).toEqual([["a", "b"], ["c"], ["dddddd"], ["e"]]);
});

test("one bad item fails alone", async () => {
  const { batcher } = collecting({ maxItems: 10, maxBytes: 1_000 });
  const answers = await Promise.allSettled(["a", "bad", "c", "d"].map((item) => batcher.add(item)));
  expect(answers.map((answer) => answer.status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
});

test("a failure of the store fails the whole batch, and the next batch works", async () => {
  const { batches, batcher } = collecting({ maxItems: 10, maxBytes: 1_000 });
  const answers = await Promise.allSettled(["a", "down"].map((item) => batcher.add(item)));
  expect(answers.map((answer) => answer.status)).toEqual(["rejected", "rejected"]);
  expect(batches).toHaveLength(1);
  expect(await batcher.add("b")).toBe("B");
});

test("drain waits for all of it", async () => {
  const { batches, batcher } = collecting({ maxItems: 1, maxBytes: 1_000 });
  void batcher.add("a");
  void batcher.add("b");
  await batcher.drain();
  expect(batches).toEqual([["a"], ["b"]]);
});
