// What the page computes from the API's statistics: the last hour of the server, and of each queue.
import { expect, test } from "vitest";
import { toHour } from "../../dashboard/src/overview/hour.js";
import { flowsOf } from "../../dashboard/src/queues/flows.js";
import type { WireStats } from "../../src/http/wire.js";

const TO = Date.parse("2026-11-22T14:00:30Z");

type Step = WireStats["timeline"][number];

/** What happened in the minute that began so many minutes before the current one. */
const step = (minutesAgo: number, more: Partial<Step>): Step => ({
  at: new Date(TO - 30_000 - minutesAgo * 60_000).toISOString(),
  group: null,
  created: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  retried: 0,
  wait_ms: 0,
  run_ms: 0,
  ...more,
});

const statsOf = (...timeline: readonly Step[]): WireStats => ({
  from: new Date(TO - 3_600_000).toISOString(),
  to: new Date(TO).toISOString(),
  step_ms: 60_000,
  counts: { PENDING: 0, RUNNING: 0, SUCCESS: 0, FAILED: 0, CANCELLED: 0 },
  by_lane: [],
  timeline: [...timeline],
});

test("an hour without tasks has sixty empty minutes, no peak and no means", () => {
  const hour = toHour(statsOf());
  expect(hour.minutes).toHaveLength(60);
  expect(hour.minutes.at(-1)).toEqual({ at: TO - 30_000, succeeded: 0, failed: 0 });
  expect(hour).toMatchObject({ succeeded: 0, failed: 0, perMinute: 0 });
  expect([hour.peak, hour.meanWait, hour.meanRun]).toEqual([undefined, undefined, undefined]);
});

test("minutes are added up over groups; the current one counts in sums, and not in the rate", () => {
  const hour = toHour(
    statsOf(
      step(3, { group: "a", succeeded: 6, run_ms: 600, wait_ms: 60 }),
      step(3, { group: "b", succeeded: 2, failed: 1, run_ms: 300 }),
      step(1, { failed: 1, cancelled: 2 }),
      step(0, { succeeded: 8, run_ms: 1_100, wait_ms: 140 }),
    ),
  );
  expect(hour).toMatchObject({ succeeded: 16, failed: 2, cancelled: 2, mostSucceeded: 8, mostFailed: 1 });
  expect(hour.perMinute).toBe(2);
  expect(hour.peak).toEqual({ at: TO - 30_000 - 180_000, finished: 9 });
  expect([hour.meanWait, hour.meanRun]).toEqual([10, 100]);
});

test("a minute that the hour only touches is left out of every sum", () => {
  const hour = toHour(
    statsOf(step(60, { succeeded: 5, cancelled: 5, run_ms: 9_999 }), step(59, { failed: 1 })),
  );
  expect(hour).toMatchObject({ succeeded: 0, failed: 1, cancelled: 0, meanRun: 0 });
  expect(hour.minutes[0]).toMatchObject({ failed: 1 });
});

test("each queue has its own flow: rates over the last five full minutes, and all sixty", () => {
  const flows = flowsOf(
    statsOf(
      step(60, { group: "mail", created: 100 }),
      step(5, { group: "mail", created: 4, succeeded: 1 }),
      step(1, { group: "mail", created: 3, failed: 1, cancelled: 1 }),
      step(0, { group: "mail", created: 50 }),
      step(2, { group: "data", succeeded: 2 }),
      step(2, { created: 9 }),
    ),
  );
  expect([...flows.keys()]).toEqual(["mail", "data"]);
  expect(flows.get("mail")).toMatchObject({ inPerMinute: 1.4, outPerMinute: 0.6 });
  expect(flows.get("mail")?.finished).toHaveLength(60);
  expect(flows.get("mail")?.finished.slice(-6)).toEqual([1, 0, 0, 0, 2, 0]);
  expect(flows.get("data")).toMatchObject({ inPerMinute: 0, outPerMinute: 0.4 });
});
