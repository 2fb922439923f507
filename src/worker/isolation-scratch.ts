// Folders for temporary files of processes that run handlers: below one folder of this process, which no other user can
// read, removed with it, or by the next process that starts here.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import { hasEnded, type ProcessBirth } from "../lib/process-birth.js";
import { LIMITS } from "../model/limits.js";
import type { Instant, Millis } from "../model/time.js";

export interface Scratch {
  /** Removes what processes that have ended left behind. Never rejects. */
  sweep(): Promise<void>;
  /** Makes an empty folder, mode 0700. Throws where the disk refuses. */
  make(): string;
  /** Removes such a folder with all that is in it. Never rejects. */
  remove(folder: string): Promise<void>;
  /** Removes what this process has made. Never rejects. */
  close(): Promise<void>;
}

export interface ScratchOptions {
  /** Made where it is missing. Others' folders in it are left alone as long as their processes live. */
  readonly root: string;
  readonly pid: number;
  readonly birth: ProcessBirth | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whatever is in a folder of another machine or container was last made so long ago, or its process has ended. */
const LONGEST_USE: Millis = 2 * LIMITS.timeout.max;
const OWNER = "owner.json";
const PREFIX = "taskwright-scratch-";
/** Folders of this very process, which may have several workers. */
const own = new Set<string>();

export function createScratch({ pid, birth, clock, log, ...options }: ScratchOptions): Scratch {
  // A handler may change its working folder.
  const root = path.resolve(options.root);
  let base: string | undefined;
  let count = 0;

  function open(): string {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    const made = mkdtempSync(path.join(root, PREFIX));
    own.add(made);
    writeFileSync(path.join(made, OWNER), JSON.stringify({ pid, birth }), { mode: 0o600 });
    return made;
  }

  async function remove(folder: string): Promise<void> {
    try {
      await rm(folder, { recursive: true, force: true });
    } catch (error) {
      log.warn({ err: error }, "temporary files could not be removed");
    }
  }

  return {
    async sweep() {
      try {
        await removeStale(root, birth, clock.now());
      } catch (error) {
        log.warn({ err: error }, "temporary files of an earlier process could not be removed");
      }
    },
    make() {
      base ??= open();
      const folder = path.join(base, String(++count));
      mkdirSync(folder, { mode: 0o700 });
      const now = clock.now() / 1000;
      utimesSync(path.join(base, OWNER), now, now);
      return folder;
    },
    remove,
    async close() {
      if (base === undefined) return;
      await remove(base);
      own.delete(base);
      base = undefined;
    },
  };
}

/** Removes the folders of processes that have ended. */
async function removeStale(root: string, birth: ProcessBirth | undefined, now: Instant): Promise<void> {
  if (!existsSync(root)) return;
  for (const name of await readdir(root)) {
    const folder = path.join(root, name);
    if (!name.startsWith(PREFIX) || own.has(folder) || !isStale(folder, birth, now)) continue;
    await rm(folder, { recursive: true, force: true });
  }
}

function isStale(folder: string, here: ProcessBirth | undefined, now: Instant): boolean {
  try {
    const file = path.join(folder, OWNER);
    const { pid, birth } = ownerOf(JSON.parse(readFileSync(file, "utf8")));
    // A process of this place can be looked up; any other one counts as alive as long as it may be.
    if (here && birth?.place === here.place) return hasEnded(pid, birth);
    return now - statSync(file).mtimeMs > LONGEST_USE;
  } catch {
    // Being made or removed by another process right now.
    return false;
  }
}

/** As `open` wrote it. Throws where somebody else wrote something else. */
function ownerOf(written: unknown): { readonly pid: number; readonly birth: ProcessBirth | undefined } {
  if (typeof written !== "object" || written === null) throw new TypeError("no owner");
  const pid = Number(Reflect.get(written, "pid"));
  const birth: unknown = Reflect.get(written, "birth");
  if (typeof birth !== "object" || birth === null) return { pid, birth: undefined };
  const start: unknown = Reflect.get(birth, "start");
  const place = String(Reflect.get(birth, "place"));
  return { pid, birth: typeof start === "string" ? { place, start } : { place } };
}
