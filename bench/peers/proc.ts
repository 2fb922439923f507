// What Linux says of processes: processor time, bytes that went to the disk, memory. Reads /proc; elsewhere it answers nothing.
import { readdirSync, readFileSync } from "node:fs";

export interface Usage {
  readonly cpuMillis: number;
  /** Bytes handed to the disk layer (write_bytes), without sockets and pipes. */
  readonly writtenBytes: number;
}

/** Clock ticks a second, as the kernel shows them in /proc on every machine that Node runs on. */
const TICK_MILLIS = 10;
const CHILDREN_TIMES = 4;

/** Sum over processes; those that are gone, or not ours to look at, count nothing. `withChildren`: also children already ended. */
export function usageOf(pids: readonly number[], withChildren = false): Usage {
  let cpuMillis = 0;
  let writtenBytes = 0;
  for (const pid of pids) {
    const stat = read(`/proc/${pid}/stat`);
    // The name in brackets may hold blanks; the fields behind it begin with the state, number 3 of proc(5).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const times = fields.slice(11, 11 + (withChildren ? CHILDREN_TIMES : 2));
    cpuMillis += times.reduce((sum, ticks) => sum + Number(ticks) * TICK_MILLIS, 0);
    writtenBytes += Number(/^write_bytes: (\d+)/m.exec(read(`/proc/${pid}/io`))?.[1] ?? 0);
  }
  return { cpuMillis, writtenBytes };
}

/** Memory of processes in bytes; what several share counts once. */
export function memoryOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const pss = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`));
    return sum + Number(pss?.[1] ?? 0) * 1024;
  }, 0);
}

/** A process and those it started, which is all of a PostgreSQL server. */
export function familyOf(parent: number): readonly number[] {
  const children = read(`/proc/${parent}/task/${parent}/children`).trim();
  if (children !== "") return [parent, ...children.split(" ").map(Number)];
  const all = list("/proc").filter((name) => /^\d+$/.test(name));
  return [parent, ...all.map(Number).filter((pid) => parentOf(pid) === parent)];
}

function parentOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** A process can end at any moment between being named and being read: it then counts nothing. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
