// A disk whose syncs can be counted and held up: a library that is loaded before the system's own (Linux, with a C
// compiler).
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Each sync adds a byte to one file, and waits for as long as another one exists. */
const SOURCE = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
static void note(void) {
  int count = open(getenv("SYNC_COUNT"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (count >= 0 && write(count, ".", 1) == 1) close(count);
  while (access(getenv("SYNC_HOLD"), F_OK) == 0) usleep(10000);
}
int fsync(int file) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
  note();
  return real(file);
}
int fdatasync(int file) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
  note();
  return real(file);
}
`;

export interface SlowDisk {
  /** For the process whose syncs are meant. */
  readonly env: Readonly<Record<string, string>>;
  /** File whose size is the number of syncs so far. */
  readonly counter: string;
  /** Syncs that have begun. */
  syncs(): number;
  /** No sync ends until `release`. */
  hold(): void;
  release(): void;
}

/** Undefined where there is no C compiler, or another system. The folder must stay as long as processes use it. */
export function createSlowDisk(folder: string): SlowDisk | undefined {
  if (process.platform !== "linux") return undefined;
  const library = path.join(folder, "slow-disk.so");
  const source = path.join(folder, "slow-disk.c");
  writeFileSync(source, SOURCE);
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-o", library, source, "-ldl"], { stdio: "pipe" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const counter = path.join(folder, "syncs");
  const hold = path.join(folder, "hold");
  return {
    env: { LD_PRELOAD: library, SYNC_COUNT: counter, SYNC_HOLD: hold },
    counter,
    syncs: () => (existsSync(counter) ? readFileSync(counter).length : 0),
    hold: () => writeFileSync(hold, ""),
    release: () => rmSync(hold, { force: true }),
  };
}
