// Records of uploads: begun, complete, ended, forgotten. The bytes lie elsewhere.
import { isUuid } from "../../model/id.js";
import type { FileId, StoredFile } from "../../model/task.js";
import type { Millis } from "../../model/time.js";
import { StoreError } from "../store.js";
import { moment } from "./database.js";
import type { Writer } from "./transaction.js";

const BEGIN = `
INSERT INTO taskwright.file (id, state, name, media_type, size_bytes, sha256, created_at)
VALUES ($1, 'begun', $2, $3, 0, '', ${moment("$4")}) ON CONFLICT (id) DO NOTHING`;

const COLUMNS = `id, name, media_type AS "mediaType", size_bytes AS "sizeBytes", sha256, created_at AS "createdAt"`;

const COMPLETE = `
UPDATE taskwright.file SET state = 'complete', size_bytes = $1, sha256 = $2
WHERE id = $3 AND state <> 'ended' RETURNING ${COLUMNS}`;

const FILES = `SELECT ${COLUMNS} FROM taskwright.file WHERE id = ANY ($1::uuid[]) AND state = 'complete'`;

// A range of file_by_state for each state. Files that a task is about to name are held by it, and stepped over.
const HOLD_OLD = `
SELECT id FROM taskwright.file
WHERE state IN ('begun', 'complete') AND created_at < ${moment("$2")} - $1::bigint
  AND NOT EXISTS (SELECT 1 FROM taskwright.file_use u WHERE u.file_id = file.id)
ORDER BY id FOR UPDATE SKIP LOCKED`;

// Asked again: a task may have named the file after the statement before began to look.
const END_UNUSED = `
UPDATE taskwright.file SET state = 'ended' WHERE id = ANY ($1::uuid[])
  AND NOT EXISTS (SELECT 1 FROM taskwright.file_use u WHERE u.file_id = file.id)`;

// The ended ones are few: they go as soon as their bytes have gone.
const ENDED = "SELECT id FROM taskwright.file WHERE state = 'ended' ORDER BY id LIMIT $1";

const REMOVE = "DELETE FROM taskwright.file WHERE id = ANY ($1::uuid[]) AND state = 'ended'";

export function createFiles({ database, write }: Writer) {
  const { query } = database;
  return {
    async beginFile(id: FileId, name: string, mediaType: string): Promise<void> {
      await query(BEGIN, [id, name, mediaType, database.now()]);
    },
    async completeFile(id: FileId, sizeBytes: number, sha256: string): Promise<StoredFile> {
      const [file] = await query<StoredFile>(COMPLETE, [sizeBytes, sha256, id]);
      if (file) return file;
      throw new StoreError("rejected", `Upload ${id} was not started or has expired; send the file again.`);
    },
    async files(ids: readonly FileId[]): Promise<readonly (StoredFile | undefined)[]> {
      const wanted = ids.filter(isUuid);
      const rows = wanted.length === 0 ? [] : await query<StoredFile>(FILES, [wanted]);
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => found.get(id));
    },
    expireFiles(unusedFor: Millis, limit: number): Promise<readonly FileId[]> {
      return write(async (within) => {
        const old = await within<{ id: FileId }>(HOLD_OLD, [unusedFor, database.now()]);
        if (old.length > 0) await within(END_UNUSED, [old.map((row) => row.id)]);
        return (await within<{ id: FileId }>(ENDED, [limit])).map((row) => row.id);
      });
    },
    async removeFiles(ids: readonly FileId[]): Promise<void> {
      if (ids.length > 0) await query(REMOVE, [ids.filter(isUuid)]);
    },
  };
}
