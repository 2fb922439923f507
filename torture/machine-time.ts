// The one clock that all processes of a machine share: monotonic, and untouched by steps and skew of wall time.
import type { Millis } from "../src/model/time.js";

/** Milliseconds since the machine started. */
export function machineTime(): Millis {
  return Number(process.hrtime.bigint()) / 1e6;
}
