// Ids: shape, growth, and what is read back from them.
import { expect, test } from "vitest";
import { createIdSource, idFloor, idTime, isUuid } from "../../src/model/id.js";

const zero = (bytes: Uint8Array) => void bytes.fill(0);

test("an id is a UUIDv7 of its millisecond", () => {
  const at = Date.UTC(2026, 10, 22, 14, 2, 11, 250);
  const id = createIdSource(() => at, zero)();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(idTime(id)).toBe(at);
  expect(idFloor(at) < id).toBe(true);
  expect(idFloor(at + 1) > id).toBe(true);
});

test("ids grow within a millisecond, over more than 4,096 of them, and when the clock steps back", () => {
  let now = 1_000_000;
  const next = createIdSource(() => now, zero);
  const ids = Array.from({ length: 10_000 }, next);
  now -= 5_000;
  ids.push(next());
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});

test("other texts have no time", () => {
  for (const text of [
    "",
    "x",
    "0199d8a4-6c32-4b1e-9f04-2ad0c85e7713",
    "0199D8A4-6C32-7B1E-9F04-2AD0C85E7713",
  ]) {
    expect(idTime(text)).toBeUndefined();
  }
  expect(isUuid("0199d8a4-6c32-4b1e-9f04-2ad0c85e7713")).toBe(true);
  expect(isUuid("../../etc/passwd")).toBe(false);
});
