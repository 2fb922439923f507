// Which workers respond, and how many of their slots are in use.
import type { WireWorker } from "../lib/api.js";

/** Heartbeats are sent every 3 s; after three missed ones a worker counts as silent. */
const SILENT_MS = 10_000;

export const silentFor = (worker: WireWorker, now: number) => now - Date.parse(worker.heartbeat_at);
export const isSilent = (worker: WireWorker, now: number) => silentFor(worker, now) > SILENT_MS;

export interface Slots {
  readonly used: number;
  readonly all: number;
  /** Workers that respond. */
  readonly workers: number;
  readonly silent: number;
}

/** Figures of one moment: of the workers that respond, since those of the others are outdated. */
export function slotsOf(workers: readonly WireWorker[], now: number): Slots {
  const responsive = workers.filter((worker) => !isSilent(worker, now));
  return {
    used: responsive.reduce((total, worker) => total + worker.running, 0),
    all: responsive.reduce((total, worker) => total + worker.slots, 0),
    workers: responsive.length,
    silent: workers.length - responsive.length,
  };
}
