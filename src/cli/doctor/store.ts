// Checks of a SQLite database and its location. Read-only, without taking the lock.
import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { openReader } from "../../store/sqlite/connection.js";
import { logSize } from "../../store/sqlite/database-file.js";
import { toStoreError } from "../../store/sqlite/errors.js";
import { readHolder } from "../../store/sqlite/lock.js";
import { readVersion, SCHEMA_VERSION } from "../../store/sqlite/migrations/migrate.js";
import { readOwner } from "../../store/sqlite/owner.js";
import { quickCheck } from "../../store/sqlite/quick-check.js";
import { formatBytes } from "../bytes.js";
import { type Finding, ok, problem, warning } from "./finding.js";

const LITTLE_SPACE = 1024 ** 3;
const NO_SPACE = 64 * 1024 ** 2;

/** Network file system types by their Linux statfs(2) number: their locks are unreliable. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x00c36400, "Ceph"],
  [0x01021997, "9p"],
  [0x5346414f, "AFS"],
]);

export async function checkStore(file: string): Promise<readonly Finding[]> {
  return [
    checkWritable("store", file),
    ...(await checkDisk("store disk", file)),
    ...checkSchema(file),
    ...checkDamage(file),
    checkHolder(file),
  ];
}

/** Checks the path itself if it exists, otherwise the folder in which it would be created. */
export function checkWritable(check: string, place: string): Finding {
  const nearest = nearestExisting(place);
  const folder = nearest === path.resolve(place) ? path.dirname(nearest) : nearest;
  for (const written of new Set([nearest, folder])) {
    try {
      accessSync(written, constants.W_OK);
    } catch {
      // access() fails here for one reason only: missing permission.
      return problem(
        check,
        `no permission to write to ${written}`,
        "change its owner, or choose another location",
      );
    }
  }
  return ok(
    check,
    existsSync(place) ? `${place} is writable` : `${place} will be created at the first start`,
  );
}

export async function checkDisk(check: string, place: string): Promise<readonly Finding[]> {
  const nearest = nearestExisting(place);
  const { type, bavail, bsize } = await statfs(nearest);
  const free = bavail * bsize;
  const network = process.platform === "linux" ? NETWORK.get(type) : undefined;
  const space = `${formatBytes(free)} free`;
  return [
    free < NO_SPACE
      ? problem(check, space, "free some space; without it nothing can be stored")
      : free < LITTLE_SPACE
        ? warning(check, space, "free some space, or keep finished tasks for less time with --keep-finished")
        : ok(check, space),
    ...(network === undefined
      ? []
      : [
          problem(
            check,
            `${nearest} is on a network file system (${network}), where SQLite's locks are unreliable`,
            "move the store to a local disk",
          ),
        ]),
  ];
}

function checkSchema(file: string): readonly Finding[] {
  if (!existsSync(file)) return [];
  try {
    const database = openReader(file);
    try {
      const version = readVersion(database, file);
      if (version === SCHEMA_VERSION) return [ok("schema", `version ${version}`)];
      const message = `version ${version}, but this program requires ${SCHEMA_VERSION}`;
      return [warning("schema", message, "run taskwright migrate; starting the server also migrates")];
    } finally {
      database.close();
    }
  } catch (error) {
    return [problem("schema", toStoreError(error, file).message, "see the message")];
  }
}

/** A log that must be there, and what SQLite's quick_check finds. */
function checkDamage(file: string): readonly Finding[] {
  if (!existsSync(file)) return [];
  const place = realpathSync(file);
  const check = "contents";
  try {
    // Before it is opened, which makes an empty log where there is none.
    const hasLog = logSize(place) > 0;
    if (readOwner(place) !== undefined && !hasLog) {
      const message = `the database was not closed properly, and ${place}-wal is missing: the tasks acknowledged last may be lost`;
      return [problem(check, message, "put the file back, or restore a backup")];
    }
    const database = openReader(place);
    try {
      const { fault, isWhole } = quickCheck(database, place);
      if (fault !== undefined) return [problem(check, `damaged: ${fault}`, "restore a backup")];
      return [
        ok(check, isWhole ? "no damage found" : "no damage found in the tables of waiting and running tasks"),
      ];
    } finally {
      database.close();
    }
  } catch (error) {
    return [problem(check, toStoreError(error, file).message, "see the message")];
  }
}

/** Reads the note that the lock holder leaves; trying the lock could prevent a server from starting. */
function checkHolder(file: string): Finding {
  const holder = existsSync(file) ? readHolder(realpathSync(file)) : undefined;
  if (!holder) return ok("lock", "no process has the store open");
  const named = `process ${holder.pid} on ${holder.host} since ${holder.since}`;
  if (holder.host !== hostname()) return ok("lock", `held by ${named}, if it is still running`);
  return isAlive(holder.pid)
    ? ok("lock", `held by ${named}`)
    : ok("lock", `free; ${named} crashed, and the next start takes over its tasks`);
}

/** Signal 0 only tests for existence; EPERM means it exists but belongs to another user. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function nearestExisting(place: string): string {
  let current = path.resolve(place);
  while (!existsSync(current)) current = path.dirname(current);
  return current;
}
