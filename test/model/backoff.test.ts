// The wait before the next attempt.
import { expect, test } from "vitest";
import { backoff, DEFAULT_RETRY } from "../../src/model/backoff.js";

const even = { ...DEFAULT_RETRY, jitter: false };

test("doubles from 5 s to 10 min", () => {
  expect([1, 2, 3, 8, 50].map((attempt) => backoff(even, attempt, 0))).toEqual([
    5_000, 10_000, 20_000, 600_000, 600_000,
  ]);
});

test("full jitter draws from nothing to all of it", () => {
  expect(backoff(DEFAULT_RETRY, 2, 0)).toBe(0);
  expect(backoff(DEFAULT_RETRY, 2, 0.5)).toBe(5_000);
});
