// How many connections the server takes: never so many that none of the process's file descriptors are left for the
// store, for files and for the worker's heartbeat.
import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import type { Instant, Millis } from "../model/time.js";

/** Descriptors kept for everything but connections: store, database pool, child processes, modules. */
const RESERVE = 256;
/** A connection and the file that it sends or receives. */
const DESCRIPTORS_EACH = 2;
const FEWEST = 16;
/** Refused connections are logged once in this time. */
const QUIET: Millis = 60_000;

/** Refuses connections beyond `most`, or fewer where the process may open fewer descriptors. Answers the bound. */
export function limitConnections(
  server: Server,
  { most, clock, log }: { readonly most: number; readonly clock: Clock; readonly log: Log },
): number {
  const bound = Math.min(most, boundOf(openFilesLimit()));
  let lastLogged: Instant = Number.NEGATIVE_INFINITY;
  server.maxConnections = bound;
  server.on("drop", () => {
    const now = clock.monotonic();
    if (now - lastLogged < QUIET) return;
    lastLogged = now;
    log.warn({ connections: bound }, "too many connections; further ones are refused");
  });
  return bound;
}

/** Connections that `openFiles` descriptors allow. */
export function boundOf(openFiles: number): number {
  return Math.max(FEWEST, Math.floor((openFiles - RESERVE) / DESCRIPTORS_EACH));
}

/** How many descriptors this process may open. Only Linux says so cheaply; elsewhere only the option bounds. */
function openFilesLimit(): number {
  if (process.platform !== "linux") return Number.POSITIVE_INFINITY;
  const limits = readFileSync("/proc/self/limits", "utf8");
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}
