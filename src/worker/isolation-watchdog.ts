// The watchdog of a process that runs handlers: a thread of its own, so that it sees also while native code or an
// endless loop holds the main one. Ends the process when its parent has gone or a limit is exceeded. Compiled code only.
import { readdirSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { workerData } from "node:worker_threads";
import type { Exceeded, ProcessLimits } from "./isolation-protocol.js";
import { endOwnGroup } from "./own-group.js";

const limits: ProcessLimits = workerData;

/** Between two looks, in milliseconds. */
const LOOK = 50;
/** The folder is measured at every so many looks. */
const MEASURE_EVERY = 4;
/** The pipe over which the worker hears what was exceeded. */
const PIPE = 4;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

for (let look = 0; ; look++) {
  // A blocked thread is what is wanted here: nothing else runs in it.
  Atomics.wait(sleeper, 0, 0, LOOK);
  if (process.ppid !== limits.parent) endOwnGroup();
  const memory = process.memoryUsage.rss();
  if (memory > limits.memory) exceed({ limit: "memory", used: memory });
  if (look % MEASURE_EVERY !== 0) continue;
  const scratch = folderSize(limits.folder);
  if (scratch > limits.scratch) exceed({ limit: "scratch", used: scratch });
}

function exceed(exceeded: Exceeded): void {
  try {
    writeSync(PIPE, JSON.stringify(exceeded));
  } catch {
    // The worker has gone; the end is the same.
  }
  endOwnGroup();
}

/** Bytes that the files take on the disk: a sparse file takes what was written to it. */
function folderSize(folder: string): number {
  let bytes = 0;
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    try {
      for (const entry of readdirSync(next, { withFileTypes: true })) {
        const file = path.join(next, entry.name);
        if (entry.isDirectory()) folders.push(file);
        else if (entry.isFile()) bytes += sizeOf(file);
      }
    } catch {
      // It was removed meanwhile, with what was in it.
    }
  }
  return bytes;
}

function sizeOf(file: string): number {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return 0;
  return stats.blocks * 512;
}
