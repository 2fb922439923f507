// Durations as people write and read them.
import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../src/model/time.js";

test.each([
  [250, 250],
  ["250ms", 250],
  ["30s", 30_000],
  ["1.5 m", 90_000],
  ["2h", 7_200_000],
  ["7d", 604_800_000],
])("%s is %i ms", (text, millis) => expect(parseDuration(text)).toBe(millis));

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, "", "5", "five", "-3s", "3w", "1e9s"])(
  "%s is none",
  (text) => expect(parseDuration(text)).toBeUndefined(),
);

test.each([
  [850, "850 ms"],
  [12_400, "12.4 s"],
  [190_000, "3 m 10 s"],
  [7_500_000, "2 h 5 m"],
  [3 * 86_400_000, "3 d"],
  [999.6, "1.0 s"],
  [59_949, "59.9 s"],
  [59_950, "1 m"],
  [3_599_400, "59 m 59 s"],
  [3_599_800, "1 h"],
  [86_369_000, "23 h 59 m"],
  [86_370_000, "1 d"],
])("%i ms reads %s", (millis, text) => expect(formatDuration(millis)).toBe(text));
