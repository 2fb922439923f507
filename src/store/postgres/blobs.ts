// Bytes of files as rows, on connections of their own, so that streams never take those of work. Knows no streams.
import { TaskwrightError } from "../../model/errors.js";
import { idFloor } from "../../model/id.js";
import type { Instant, Millis } from "../../model/time.js";
import type { StoreError } from "../store.js";
import { createDatabase, type DatabaseOptions, type Query } from "./database.js";
import { toStoreError } from "./errors.js";

/** Streams take turns on these, one chunk at a time. */
const POOL_SIZE = 4;
/** After so long without an answer a statement is given up. A chunk is small. */
const PATIENCE: Millis = 60_000;
/** Chunks removed in one statement: 32 MB, which delays no other call. */
const STEP = 64;

// What is not finished needs no sync of its own: COMMIT of FINISH puts all before it on disk, and a chunk that was lost in
// between, with the server, is missed there. It is set for the statement only.
const LAZILY = "(SELECT set_config('synchronous_commit', 'off', true)) AS lazily";

const BEGIN = `
INSERT INTO taskwright.blob (id, chunk_bytes) SELECT $1::uuid, $2::integer FROM ${LAZILY} RETURNING key`;

// Repeated after a lost connection, the first one may have arrived.
const PUT = `
INSERT INTO taskwright.chunk (blob, seq, bytes) SELECT $1::bigint, $2::integer, $3::bytea FROM ${LAZILY}
ON CONFLICT (blob, seq) DO NOTHING`;

// What was there under the id is as good as removed. Index blob_whole.
const DISPLACE =
  "UPDATE taskwright.blob SET size_bytes = NULL WHERE id = ANY ($1::uuid[]) AND size_bytes IS NOT NULL RETURNING key";

// The key counts the chunks without reading them.
const FINISH = `
UPDATE taskwright.blob SET size_bytes = $2, sha256 = $3
WHERE key = $1 AND (SELECT count(*) FROM taskwright.chunk c WHERE c.blob = $1) = $4 RETURNING key`;

const HIDE = "UPDATE taskwright.blob SET size_bytes = NULL WHERE key = $1 AND size_bytes IS NOT NULL";

const FIND = `
SELECT key, size_bytes AS "sizeBytes", chunk_bytes AS "chunkBytes" FROM taskwright.blob
WHERE id = $1 AND size_bytes IS NOT NULL`;

const GET = "SELECT bytes FROM taskwright.chunk WHERE blob = $1 AND seq = $2";

// By the primary key, the first ones first.
const REMOVE_CHUNKS = `
DELETE FROM taskwright.chunk WHERE blob = $1 AND seq IN
  (SELECT seq FROM taskwright.chunk WHERE blob = $1 ORDER BY seq LIMIT ${STEP}) RETURNING seq`;

// A writer that still lives finds its row gone. What it has put meanwhile goes with the row.
const REMOVE_BLOB = "DELETE FROM taskwright.blob WHERE key = $1 AND size_bytes IS NULL";

// Index blob_half, which holds only what is being written or removed. Ids begin with their time.
const OLDEST_HALF =
  "SELECT key FROM taskwright.blob WHERE size_bytes IS NULL AND id < $1::uuid ORDER BY id LIMIT 1";

/** Connects when it is first used. Its tables are made by the store's migrations. */
export function createBlobTable(options: Pick<DatabaseOptions, "url" | "schema">) {
  const database = createDatabase({ ...options, poolSize: POOL_SIZE, patience: PATIENCE, now: undefined });
  let closing: Promise<void> | undefined;

  const query: Query = async (sql, values) => {
    try {
      return await database.query(sql, values);
    } catch (error) {
      throw toTaskwrightError(error);
    }
  };

  /** One step of removing what is no longer visible; false once all is gone. */
  async function removeStep(key: number): Promise<boolean> {
    const removed = await query(REMOVE_CHUNKS, [key]);
    if (removed.length === STEP) return true;
    await query(REMOVE_BLOB, [key]);
    return false;
  }

  async function removeAll(key: number): Promise<void> {
    while (await removeStep(key));
  }

  return {
    async begin(id: string, chunkBytes: number): Promise<number> {
      const [row] = await query<{ key: number }>(BEGIN, [id, chunkBytes]);
      if (!row) throw givenUp();
      return row.key;
    },

    async put(key: number, seq: number, bytes: Buffer): Promise<void> {
      await query(PUT, [key, seq, bytes]);
    },

    async finish(blob: {
      readonly id: string;
      readonly key: number;
      readonly chunks: number;
      readonly sizeBytes: number;
      readonly sha256: string;
    }): Promise<void> {
      const { id, key, chunks, sizeBytes, sha256 } = blob;
      try {
        await database.transaction(async (within) => {
          await within(DISPLACE, [[id]]);
          const finished = await within(FINISH, [key, sizeBytes, sha256, chunks]);
          if (finished.length === 0) throw givenUp();
        });
      } catch (error) {
        throw toTaskwrightError(error);
      }
    },

    async discard(key: number): Promise<void> {
      await query(HIDE, [key]);
      await removeAll(key);
    },

    async find(id: string) {
      const [row] = await query<{ key: number; sizeBytes: number; chunkBytes: number }>(FIND, [id]);
      return row;
    },

    async get(key: number, seq: number): Promise<Buffer | undefined> {
      const [row] = await query<{ bytes: Buffer }>(GET, [key, seq]);
      return row?.bytes;
    },

    async remove(ids: readonly string[]): Promise<void> {
      // They are invisible from here on; if this process dies, others sweep the rest.
      const keys = await query<{ key: number }>(DISPLACE, [ids]);
      for (const { key } of keys) await removeAll(key);
    },

    async sweep(before: Instant): Promise<boolean> {
      const [oldest] = await query<{ key: number }>(OLDEST_HALF, [idFloor(before)]);
      if (!oldest) return false;
      await removeStep(oldest.key);
      return true;
    },

    close(): Promise<void> {
      closing ??= database.close();
      return closing;
    },
  };
}

/** Its row was swept, or the server lost a part of it in a crash. */
function givenUp(cause?: unknown): TaskwrightError {
  const detail =
    "The file took more than a day, or the database restarted meanwhile; nothing was stored. Send it again.";
  return new TaskwrightError("unavailable", detail, { cause });
}

function toTaskwrightError(error: unknown): unknown {
  if (error instanceof TaskwrightError) return error;
  const known: StoreError = toStoreError(error);
  switch (known.code) {
    case "full":
      return new TaskwrightError("storage_full", known.message, { cause: known });
    case "rejected":
      // The only constraint that a writer can meet is that of its own row.
      return givenUp(known);
    case "corrupt":
      return known;
    default:
      return new TaskwrightError("unavailable", known.message, { cause: known });
  }
}
