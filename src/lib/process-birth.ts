// Which process this is, so that a neighbour on the same machine can tell whether it has ended. On Linux by /proc,
// elsewhere by host and pid alone.
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Two processes of one place with one pid and one start are the same process. */
export interface ProcessBirth {
  /** Where the pid means something: one boot of one machine, and there one pid namespace. */
  readonly place: string;
  /** When it started, in the place's own measure; absent where that can't be known. */
  readonly start?: string;
}

/** Undefined where it would be unknown whether this process has ended. */
export function birthOfThisProcess(): ProcessBirth | undefined {
  if (process.platform !== "linux") return { place: hostname() };
  try {
    const own = readStat("self");
    // A /proc of another pid namespace gives processes other numbers.
    if (own.pid !== process.pid) return undefined;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return { place: `${boot} ${readlinkSync("/proc/self/ns/pid")}`, start: own.start };
  } catch {
    // Without /proc there is nothing to go by.
    return undefined;
  }
}

/** True only where that is certain. The process must be one of this place. */
export function hasEnded(pid: number, birth: ProcessBirth): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (!exists(pid)) return true;
  if (birth.start === undefined) return false;
  try {
    const { start, isDead } = readStat(pid);
    return start !== birth.start || isDead;
  } catch {
    // Hidden from us, or ended between the two looks: the next one tells.
    return false;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Only this one says so; EPERM is a process of somebody else.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

interface Stat {
  readonly pid: number;
  readonly start: string;
  /** It has ended, and its parent has not asked how. */
  readonly isDead: boolean;
}

/** proc_pid_stat(5). The name, in parentheses, may hold anything; fields are counted behind it. */
function readStat(pid: number | "self"): Stat {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state = ""] = fields;
  const [threads = "", start = ""] = [fields[17], fields[19]];
  return { pid: Number.parseInt(text, 10), start, isDead: /[ZX]/.test(state) && Number(threads) <= 1 };
}
