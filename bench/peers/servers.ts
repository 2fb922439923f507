// What a system needs beside its own process, and what that cost: a common shape for PostgreSQL, Redis, and nothing.
import type { Place } from "./peer.js";
import type { Usage } from "./proc.js";

/** Counters that only grow; a figure is the difference of two samples. */
export interface ServerSample extends Usage {
  /** Bytes of write-ahead log. PostgreSQL only; NaN elsewhere, which is shown as not measured. */
  readonly walBytes: number;
  /** Statements (PostgreSQL), or commands including those inside scripts (Redis); otherwise NaN. */
  readonly statements: number;
}

/** A place for one round of one system, with nothing in it. */
export interface Site {
  readonly place: Place;
  /** Lets the server finish what it postponed: statistics, a checkpoint. Not measured. */
  settle(): Promise<void>;
  sample(): Promise<ServerSample>;
  memoryBytes(): number;
  remove(): Promise<void>;
}

export const NOTHING: ServerSample = {
  cpuMillis: 0,
  writtenBytes: 0,
  walBytes: Number.NaN,
  statements: Number.NaN,
};

export function difference(after: ServerSample, before: ServerSample): ServerSample {
  return {
    cpuMillis: after.cpuMillis - before.cpuMillis,
    writtenBytes: after.writtenBytes - before.writtenBytes,
    walBytes: after.walBytes - before.walBytes,
    statements: after.statements - before.statements,
  };
}
