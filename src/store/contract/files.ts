// The part of the store contract that keeps records of uploads.
import type { FileId, StoredFile } from "../../model/task.js";
import type { Millis } from "../../model/time.js";

/** Records of uploads; the bytes lie elsewhere. A file exists for callers once it is complete. */
export interface FileStore {
  /** Notes that an upload under this id begins, so that nothing it leaves behind is forgotten. */
  beginFile(id: FileId, name: string, mediaType: string): Promise<void>;
  completeFile(id: FileId, sizeBytes: number, sha256: string): Promise<StoredFile>;
  files(ids: readonly FileId[]): Promise<readonly (StoredFile | undefined)[]>;
  /** Ends files that no task uses and that are older than `unusedFor` (also unfinished uploads): no task can name them from now on. Answers ended ones not yet removed. */
  expireFiles(unusedFor: Millis, limit: number): Promise<readonly FileId[]>;
  /** Forgets ended files; their bytes are gone. */
  removeFiles(ids: readonly FileId[]): Promise<void>;
}
