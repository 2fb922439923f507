// Uploads and artifacts: where their bytes lie. One interface; folder, database and bucket implement its storage part.
import type { Readable } from "node:stream";
import { TaskwrightError } from "../model/errors.js";
import { isUuid } from "../model/id.js";
import type { ArtifactId, FileId } from "../model/task.js";
import type { Instant } from "../model/time.js";

/** What bytes were written: enough to know them again. */
export interface WrittenBlob {
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface StoredBlob extends WrittenBlob {
  readonly id: FileId | ArtifactId;
}

/** Both included; an `end` behind the last byte means the last one. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A file of this machine that is not removed before `release`. Read only. */
export interface LocalFile {
  readonly path: string;
  /** The file is not needed any more. May be called twice. */
  release(): void;
}

/**
 * Bytes under a name that the server made. Names are ids, never anything a caller wrote: RangeError for what is no UUID.
 * A place that is away or refuses throws TaskwrightError unavailable, which says what to do.
 */
export interface BlobStorage {
  /**
   * Streams bytes to where they stay and answers their size and SHA-256 once they are on disk.
   * Nothing is visible under the id before that; a failure or an abort leaves nothing behind. An id is written once;
   * a write that is tried again takes the place of the one before, and of two at once one stays, whole.
   * Throws BlobTooLarge over `maxBytes`, TaskwrightError storage_full when there is no space left.
   */
  write(
    id: FileId | ArtifactId,
    data: Readable,
    options?: { readonly maxBytes?: number; readonly signal?: AbortSignal },
  ): Promise<WrittenBlob>;
  /** The bytes, or a range of them. Undefined where there are none under this id. */
  read(id: FileId | ArtifactId, range?: ByteRange): Promise<Readable | undefined>;
  /** Absent ones are no error. */
  remove(ids: readonly (FileId | ArtifactId)[]): Promise<void>;
  /**
   * A small step of removing what writers that died left half written under ids older than `before`. True where there
   * may be more. Any process may do it, and several at once.
   */
  sweep(before: Instant): Promise<boolean>;
  /** Lets go of connections and of local copies. May be called twice. */
  close(): Promise<void>;
}

/** Storage whose bytes are also to be had as files, for libraries that want one. */
export interface Blobs extends BlobStorage {
  /**
   * The bytes as a file, fetched first where they lie elsewhere and then checked against size and SHA-256.
   * Throws TaskwrightError file_not_found where there are none under this id, storage_full where a copy has no space.
   */
  path(blob: StoredBlob, options?: { readonly signal?: AbortSignal }): Promise<LocalFile>;
}

/** More bytes arrived than were allowed; nothing of them was kept. */
export class BlobTooLarge extends Error {
  override readonly name = "BlobTooLarge";
  readonly maxBytes: number;
  constructor(maxBytes: number) {
    super(`more than ${maxBytes} bytes`);
    this.maxBytes = maxBytes;
  }
}

/** Throws RangeError unless the name is an id, which leaves no way out of a folder or a prefix. */
export function checkId(id: string): void {
  if (!isUuid(id)) throw new RangeError("the name of a blob must be a UUID");
}

/** There are no bytes under this id. */
export function noSuchBlob(id: string): TaskwrightError {
  return new TaskwrightError(
    "file_not_found",
    `The contents of file ${id} are missing; the file may have been deleted.`,
  );
}
