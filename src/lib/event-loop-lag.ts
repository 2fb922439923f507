// How late the event loop is: what blocks it blocks every task, request and heartbeat of this process.
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Millis } from "../model/time.js";

export interface EventLoopLag {
  /** The longest delay since it was last asked, in milliseconds. */
  read(): Millis;
  stop(): void;
}

/** Milliseconds between two looks of the monitor; its own wait is part of what it measures. */
const RESOLUTION = 20;

/** Measures from now on. Costs one timer, which never keeps the process alive. */
export function measureEventLoopLag(): EventLoopLag {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  histogram.enable();
  return {
    read() {
      const longest = histogram.max / 1e6;
      histogram.reset();
      return Math.max(0, Math.round((longest - RESOLUTION) * 10) / 10);
    },
    stop() {
      histogram.disable();
    },
  };
}
