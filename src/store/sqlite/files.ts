// Records of uploads: begun, complete, ended, forgotten. The bytes lie elsewhere.
import type { Database } from "better-sqlite3";
import type { FileId, StoredFile } from "../../model/task.js";
import type { Millis } from "../../model/time.js";
import { StoreError } from "../store.js";
import type { Transactions, Writer } from "./transaction.js";

const BEGIN = `
INSERT INTO file (id, state, name, media_type, size_bytes, sha256, created_at) VALUES (?, 'begun', ?, ?, 0, '', ?)
ON CONFLICT (id) DO NOTHING`;

const COLUMNS = "id, name, media_type AS mediaType, size_bytes AS sizeBytes, sha256, created_at AS createdAt";

const COMPLETE = `
UPDATE file SET state = 'complete', size_bytes = ?, sha256 = ? WHERE id = ? AND state <> 'ended' RETURNING ${COLUMNS}`;

const FILE = `SELECT ${COLUMNS} FROM file WHERE id = ? AND state = 'complete'`;

// A range of file_by_state for each state, and one seek into file_use_by_file per old file.
const END_UNUSED = `
UPDATE file SET state = 'ended'
WHERE state IN ('begun', 'complete') AND created_at < ?
  AND NOT EXISTS (SELECT 1 FROM file_use u WHERE u.file_id = file.id)`;

// The ended ones are few: they go as soon as their bytes have gone.
const ENDED = "SELECT id FROM file WHERE state = 'ended' ORDER BY id LIMIT ?";

const REMOVE = "DELETE FROM file WHERE id = ? AND state = 'ended'";

export function createFileReads(database: Database) {
  const selectFile = database.prepare<[string], StoredFile>(FILE);
  return {
    files(ids: readonly FileId[]): readonly (StoredFile | undefined)[] {
      return ids.map((id) => selectFile.get(id));
    },
  };
}

export function createFiles({ database, clock }: Writer, transactions: Transactions) {
  const begin = database.prepare(BEGIN);
  const complete = database.prepare<[number, string, string], StoredFile>(COMPLETE);
  const endUnused = database.prepare<[number]>(END_UNUSED);
  const selectEnded = database.prepare<[number], FileId>(ENDED).pluck();
  const remove = database.prepare<[string]>(REMOVE);
  return {
    beginFile(id: FileId, name: string, mediaType: string): void {
      begin.run(id, name, mediaType, clock.now());
    },
    completeFile(id: FileId, sizeBytes: number, sha256: string): StoredFile {
      const file = complete.get(sizeBytes, sha256, id);
      if (file) return file;
      throw new StoreError("rejected", `Upload ${id} was not started or has expired; send the file again.`);
    },
    expireFiles(unusedFor: Millis, limit: number): readonly FileId[] {
      return transactions.run((now) => {
        endUnused.run(now - unusedFor);
        return selectEnded.all(limit);
      });
    },
    removeFiles(ids: readonly FileId[]): void {
      if (ids.length === 0) return;
      transactions.run(() => {
        for (const id of ids) remove.run(id);
      });
    },
  };
}
