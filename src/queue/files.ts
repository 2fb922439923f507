// Uploads and artifacts: records in the store, bytes in the blobs. A file exists for callers once its upload is complete.
import type { Readable } from "node:stream";
import { type Blobs, BlobTooLarge, type ByteRange } from "../files/files.js";
import { type ErrorCode, TaskwrightError } from "../model/errors.js";
import { isUuid } from "../model/id.js";
import type { Artifact, FileId, StoredFile } from "../model/task.js";
import type { TranslatedStore } from "./store-errors.js";

export interface Files {
  /** Throws file_not_found, unavailable. */
  file(id: string): Promise<StoredFile>;
  /** Throws artifact_not_found, unavailable. */
  artifact(id: string): Promise<Artifact>;
  /** The bytes of either, or a range of them. Undefined where there are none. */
  read(id: string, range?: ByteRange): Promise<Readable | undefined>;
  /** Begins an upload of one or more files of at most `maxBytes` each. */
  upload(maxBytes: number): Upload;
}

/** Files on their way. Ends with `complete` or `discard`. */
export interface Upload {
  /** Throws payload_too_large, storage_full, unavailable, and what the stream of bytes throws. */
  add(name: string, mediaType: string, data: Readable): Promise<void>;
  /** From here on callers can name the files. Empty where nothing was added. */
  complete(): Promise<readonly StoredFile[]>;
  /** Removes the bytes; maintenance forgets the records. */
  discard(): Promise<void>;
}

export interface FilesOptions {
  readonly store: Pick<TranslatedStore, "files" | "artifact" | "beginFile" | "completeFile">;
  readonly blobs: Blobs;
  readonly newId: () => FileId;
}

export function createFiles({ store, blobs, newId }: FilesOptions): Files {
  return {
    async file(id) {
      const [file] = await store.files([blobId(id, "file_not_found")]);
      return found(file, "file_not_found");
    },
    async artifact(id) {
      return found(await store.artifact(blobId(id, "artifact_not_found")), "artifact_not_found");
    },
    read: (id, range) => blobs.read(id, range),
    upload(maxBytes) {
      const written: { readonly id: FileId; readonly sizeBytes: number; readonly sha256: string }[] = [];
      return {
        async add(name, mediaType, data) {
          const id = newId();
          await store.beginFile(id, name, mediaType);
          try {
            written.push({ id, ...(await blobs.write(id, data, { maxBytes })) });
          } catch (error) {
            throw error instanceof BlobTooLarge ? tooLarge(maxBytes) : error;
          }
        },
        async complete() {
          const files = [];
          for (const { id, sizeBytes, sha256 } of written) {
            files.push(await store.completeFile(id, sizeBytes, sha256));
          }
          return files;
        },
        discard: () => blobs.remove(written.map(({ id }) => id)),
      };
    },
  };
}

function blobId(given: string, missing: ErrorCode): string {
  const id = given.toLowerCase();
  if (!isUuid(id)) throw notFound(missing);
  return id;
}

function found<T>(record: T | undefined, missing: ErrorCode): T {
  if (record === undefined) throw notFound(missing);
  return record;
}

/** There is no such record, or its bytes are missing. */
export function notFound(code: ErrorCode): TaskwrightError {
  return new TaskwrightError(code, "It does not exist, or has been deleted.");
}

function tooLarge(maxBytes: number): TaskwrightError {
  return new TaskwrightError("payload_too_large", `A file must have at most ${maxBytes} bytes.`, {
    extra: { limit_bytes: maxBytes },
  });
}
