// Uploads and artifacts: where their bytes lie. One small interface; directory.ts keeps them in a local folder.
import type { Readable } from "node:stream";
import type { ArtifactId, FileId } from "../model/task.js";

/** Bytes under a name that the server made. Names are ids, never anything a caller wrote. */
export interface Blobs {
  /**
   * Streams bytes to where they stay and answers their size and SHA-256 (hex) once they are on disk.
   * Nothing is visible under the id before that; a failure or an abort leaves nothing behind.
   * Throws BlobTooLarge over `maxBytes`, TaskwrightError storage_full when the disk is full.
   */
  write(
    id: FileId | ArtifactId,
    data: Readable,
    options?: { readonly maxBytes?: number; readonly signal?: AbortSignal },
  ): Promise<{ readonly sizeBytes: number; readonly sha256: string }>;
  /** The bytes, or those from `start` to `end` (both included). Undefined where there are none under this id. */
  read(
    id: FileId | ArtifactId,
    range?: { readonly start: number; readonly end: number },
  ): Promise<Readable | undefined>;
  /** A path on this machine that holds the bytes, for libraries that want a file. */
  path(id: FileId | ArtifactId): Promise<string>;
  /** Absent ones are no error. */
  remove(ids: readonly (FileId | ArtifactId)[]): Promise<void>;
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
