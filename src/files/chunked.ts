// Blobs as rows of chunks in a database: how bytes are cut, counted and put together again. The statements lie elsewhere.
import { createHash } from "node:crypto";
import { addAbortSignal, Readable } from "node:stream";
import type { Instant } from "../model/time.js";
import { type BlobStorage, BlobTooLarge, type ByteRange, checkId, type WrittenBlob } from "./files.js";

/** A write of a file, whole or not. */
export type BlobKey = number;

export interface StoredChunks {
  readonly key: BlobKey;
  readonly sizeBytes: number;
  /** Length of every chunk but the last. */
  readonly chunkBytes: number;
}

/** Rows that a database keeps. Each call is atomic; those that write are safe to repeat. */
export interface ChunkTable {
  begin(id: string, chunkBytes: number): Promise<BlobKey>;
  /** Needs not be on disk before `finish` is. */
  put(key: BlobKey, seq: number, bytes: Buffer): Promise<void>;
  /** Makes it visible, in place of what was there under the id. Throws where a chunk is missing. */
  finish(blob: StoredChunks & WrittenBlob & { readonly id: string; readonly chunks: number }): Promise<void>;
  /** Undoes a write, finished or not. */
  discard(key: BlobKey): Promise<void>;
  find(id: string): Promise<StoredChunks | undefined>;
  /** Undefined where it was removed. */
  get(key: BlobKey, seq: number): Promise<Buffer | undefined>;
  remove(ids: readonly string[]): Promise<void>;
  sweep(before: Instant): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Measured with PostgreSQL: smaller ones cost round trips, larger ones only memory. Each stream that writes holds one
 * in memory, each that is read up to two.
 */
const CHUNK_BYTES = 512 * 1024;

export function createChunkedBlobs(table: ChunkTable): BlobStorage {
  async function send(key: BlobKey, data: Readable, maxBytes: number) {
    const hash = createHash("sha256");
    let sizeBytes = 0;
    let chunks = 0;
    for await (const chunk of inChunks(data, maxBytes)) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      await table.put(key, chunks++, chunk);
    }
    return { sizeBytes, sha256: hash.digest("hex"), chunks };
  }

  return {
    async write(id, data, { maxBytes = Number.POSITIVE_INFINITY, signal } = {}) {
      checkId(id);
      // A stream that breaks before it is read would end the process; the reader below gets the error all the same.
      data.on("error", heardLater);
      if (signal) addAbortSignal(signal, data);
      let key: BlobKey | undefined;
      try {
        key = await table.begin(id, CHUNK_BYTES);
        const { chunks, ...written } = await send(key, data, maxBytes);
        await table.finish({ id, key, chunks, chunkBytes: CHUNK_BYTES, ...written });
        return written;
      } catch (error) {
        data.destroy();
        // Where even that fails, what is left is invisible, and is swept.
        if (key !== undefined) await table.discard(key).catch(heardLater);
        throw error;
      }
    },

    async read(id, range) {
      checkId(id);
      const blob = await table.find(id);
      return blob && Readable.from(chunksOf(table, blob, range), { objectMode: false, highWaterMark: 1 });
    },

    async remove(ids) {
      for (const id of ids) checkId(id);
      if (ids.length > 0) await table.remove(ids);
    },

    sweep: (before) => table.sweep(before),
    close: () => table.close(),
  };
}

/** The stream in parts of one length; the last may be shorter. Each part is new memory, and may be kept. */
async function* inChunks(data: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let filled = 0;
  let total = 0;
  for await (const piece of data) {
    const bytes: Buffer = Buffer.from(piece);
    total += bytes.length;
    if (total > maxBytes) throw new BlobTooLarge(maxBytes);
    for (let offset = 0; offset < bytes.length; ) {
      const taken = bytes.copy(chunk, filled, offset);
      offset += taken;
      filled += taken;
      if (filled < CHUNK_BYTES) continue;
      yield chunk;
      chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}

async function* chunksOf(
  table: ChunkTable,
  { key, sizeBytes, chunkBytes }: StoredChunks,
  range: ByteRange = { start: 0, end: sizeBytes },
): AsyncGenerator<Buffer> {
  const end = Math.min(range.end + 1, sizeBytes);
  for (let position = range.start; position < end; ) {
    const seq = Math.floor(position / chunkBytes);
    const first = seq * chunkBytes;
    const chunk = await table.get(key, seq);
    if (!chunk) throw new Error("the file was deleted while being read");
    yield chunk.subarray(position - first, end - first);
    position = first + chunkBytes;
  }
}

function heardLater(): void {
  // Reading a broken stream throws what broke it.
}
