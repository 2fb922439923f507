// Slots in use: of the workers that respond.
import { expect, test } from "vitest";
import { isSilent, slotsOf } from "../../dashboard/src/data/workers.js";
import type { WireWorker } from "../../src/http/wire.js";

const NOW = Date.parse("2026-11-22T14:00:00Z");

const worker = (silentFor: number, running: number): WireWorker => ({
  id: `worker-${silentFor}`,
  host: "anvil",
  pid: 1,
  version: "0.1.0",
  started_at: new Date(NOW - 60_000).toISOString(),
  heartbeat_at: new Date(NOW - silentFor).toISOString(),
  slots: 10,
  running,
  task_types: [],
  queues: null,
  event_loop_lag_ms: 0,
  memory_bytes: 0,
});

test("slots of silent workers are not counted", () => {
  const workers = [worker(0, 3), worker(9_000, 10), worker(11_000, 7)];
  expect(workers.map((one) => isSilent(one, NOW))).toEqual([false, false, true]);
  expect(slotsOf(workers, NOW)).toEqual({ used: 13, all: 20, workers: 2, silent: 1 });
});
