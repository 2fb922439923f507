// Files in PostgreSQL: the promises of every place, and what only a server can get wrong.
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import pg from "pg";
import { afterEach, beforeAll, expect, test } from "vitest";
import { createChunkedBlobs } from "../../src/files/chunked.js";
import type { BlobStorage } from "../../src/files/files.js";
import { createBlobTable } from "../../src/store/postgres/blobs.js";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.js";
import { freshSchema, runSql, serverUrl, startTestServer } from "../store/postgres-support.js";
import { blobsSuite, ID, type Place, pattern } from "./suite.js";

beforeAll(startTestServer, 60_000);

const opened: BlobStorage[] = [];

afterEach(async () => {
  for (const blobs of opened.splice(0)) await blobs.close();
});

async function makePlace(): Promise<Place & { readonly schema: string }> {
  const schema = freshSchema();
  const store = await openPostgresStore({ url: serverUrl(), schema });
  await store.close();
  return {
    schema,
    async open() {
      const blobs = createChunkedBlobs(createBlobTable({ url: serverUrl(), schema }));
      opened.push(blobs);
      return blobs;
    },
    async halfWritten() {
      const [row] = await runSql<{ count: string }>(
        `SELECT count(*) FROM ${schema}.blob WHERE size_bytes IS NULL`,
      );
      return Number(row?.count);
    },
  };
}

blobsSuite(makePlace);

test("removed and swept files leave no chunk", async () => {
  const place = await makePlace();
  const blobs = await place.open();
  await blobs.write(ID, Readable.from([pattern(40 * 1024 * 1024)]));
  await blobs.remove([ID]);
  expect(await runSql(`SELECT seq FROM ${place.schema}.chunk`)).toEqual([]);
});

test("a write goes on over connections that are lost in the middle", async () => {
  const place = await makePlace();
  const blobs = await place.open();
  const bytes = pattern(20 * 1024 * 1024);
  async function* source() {
    for (let start = 0; start < bytes.length; start += 1024 * 1024) {
      yield bytes.subarray(start, start + 1024 * 1024);
      if (start === 8 * 1024 * 1024) await endSessions(place.schema);
    }
  }
  await blobs.write(ID, Readable.from(source()));
  expect((await buffer((await blobs.read(ID)) ?? Readable.from([]))).equals(bytes)).toBe(true);
  expect(await place.halfWritten()).toBe(0);
});

test("a chunk whose session ends while it is being stored is sent again", async () => {
  const place = await makePlace();
  const blobs = await place.open();
  const locker = new pg.Client({ connectionString: serverUrl() });
  await locker.connect();
  try {
    await locker.query(`BEGIN; LOCK TABLE ${place.schema}.chunk`);
    const writing = blobs.write(ID, Readable.from(["kept"]));
    const endWaiting = () =>
      runSql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${place.schema}.chunk%'`,
      );
    while ((await endWaiting()).length === 0);
    await locker.query("COMMIT");
    await writing;
  } finally {
    await locker.end();
  }
  expect((await buffer((await blobs.read(ID)) ?? Readable.from([]))).toString()).toBe("kept");
});

test("a chunk that the server has lost is missed at the end, and nothing is visible", async () => {
  const place = await makePlace();
  const blobs = await place.open();
  const data = new PassThrough();
  data.write(pattern(2 * 1024 * 1024));
  const writing = blobs.write(ID, data);
  const lose = () => runSql(`DELETE FROM ${place.schema}.chunk WHERE seq = 1 RETURNING seq`);
  while ((await lose()).length === 0);
  data.end();
  await expect(writing).rejects.toMatchObject({ code: "unavailable" });
  expect(await blobs.read(ID)).toBeUndefined();
  expect(await place.halfWritten()).toBe(0);
});

test("a file that is removed while it is read breaks the stream, and never ends it early", async () => {
  const place = await makePlace();
  const blobs = await place.open();
  await blobs.write(ID, Readable.from([pattern(8 * 1024 * 1024)]));
  const stream = await blobs.read(ID);
  await blobs.remove([ID]);
  await expect(buffer(stream ?? Readable.from([]))).rejects.toThrow("deleted while being read");
});

test("says what to do where the server is away or the tables are missing", async () => {
  const away = createChunkedBlobs(createBlobTable({ url: "postgres://nobody@127.0.0.1:1/x", schema: "x" }));
  opened.push(away);
  await expect(away.read(ID)).rejects.toMatchObject({ code: "unavailable" });
  const empty = createChunkedBlobs(createBlobTable({ url: serverUrl(), schema: freshSchema() }));
  opened.push(empty);
  await expect(empty.write(ID, Readable.from(["x"]))).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("taskwright migrate"),
  });
});

/** What a restarted server or a broken network does: every session of other programs ends. */
async function endSessions(schema: string): Promise<void> {
  await runSql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE '%${schema}.%'`,
  );
}
