// Which file a database is, by whatever name it is opened: its real path, device and inode. Opens nothing.
import { realpathSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StoreError } from "../store.js";
import { diskFull, notWritable } from "./errors.js";

/** More than one transaction adds to the log. */
const ROOM_BYTES = 1_000_000;

export interface DatabaseFile {
  /** Without symbolic links. */
  readonly path: string;
  readonly device: string;
  readonly inode: string;
}

/**
 * The file must exist. Throws StoreError 'not_writable' for a folder, and 'refused' where it has several hard links: SQLite names the write-ahead log
 * after the path, so two names of one database mean two logs, and a damaged database.
 */
export function identifyFile(file: string): DatabaseFile {
  const path = realpathSync(file);
  const found = statSync(path, { bigint: true });
  const { dev, ino, nlink } = found;
  if (found.isDirectory()) throw notWritable(path, new Error("it is a folder"));
  if (nlink > 1n) {
    throw new StoreError(
      "refused",
      `The database ${path} has ${nlink} hard links, and may have only one: opened under two names it would be damaged. Remove the other links, or copy the file (cp) to a place of its own.`,
    );
  }
  return { path, device: String(dev), inode: String(ino) };
}

/** False as well where there is no such file any more. */
export function isSameFile(path: string, { device, inode }: Omit<DatabaseFile, "path">): boolean {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found !== undefined && String(found.dev) === device && String(found.ino) === inode;
}

/** Bytes of the write-ahead log; 0 where there is none. */
export function logSize(file: string): number {
  return statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * Throws StoreError 'full' where the disk has less room than writes need: a small one may still fit into the part of the
 * log that is there already.
 */
export function refuseFullDisk(file: string): void {
  const { bavail, bsize } = statfsSync(dirname(file));
  if (bavail * bsize < ROOM_BYTES) throw diskFull(file, undefined);
}

/** Throws StoreError 'corrupt' where a log was left beside an empty database: a new one would discard it. */
export function refuseOrphanedLog(file: string): void {
  const path = realpathSync(file);
  if (statSync(path).size > 0 || logSize(path) === 0) return;
  throw new StoreError(
    "corrupt",
    `The database ${path} is missing or empty, but its write-ahead log ${path}-wal has content. Put the database back beside it, or move the log away to begin with a new database.`,
  );
}
