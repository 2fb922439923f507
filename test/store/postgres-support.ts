// What the PostgreSQL store's tests share: a database for the file, and stores in schemas of their own.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { onTestFinished } from "vitest";
import { openPostgresStore, type PostgresStoreOptions } from "../../src/store/postgres/postgres-store.js";
import { type Store, StoreError } from "../../src/store/store.js";
import { createTestDatabase } from "../support/shared.js";

/** Leases end by the clock here, and "dead" means never beaten or retired in the suite: so long that they don't end in it. */
const NO_END = 366 * 86_400_000;

let url = "";

/** For `beforeAll`: makes a database for this file; what it answers removes it again. */
export async function startTestServer(): Promise<() => Promise<void>> {
  const database = await createTestDatabase();
  url = database.url;
  return () => database.remove();
}

export function serverUrl(): string {
  return url;
}

/** The name of a new schema; it is removed with the database. */
export function freshSchema(): string {
  return `test_${randomUUID().replaceAll("-", "")}`;
}

/** A store in a new schema, unless `options` say otherwise. The caller closes it. */
export function openTestStore(options: Partial<PostgresStoreOptions> = {}): Promise<Store> {
  return openPostgresStore({
    url,
    schema: options.schema ?? freshSchema(),
    lease: NO_END,
    poolSize: 4,
    ...options,
  });
}

/** The same, closed with the test. */
export async function openStore(options: Partial<PostgresStoreOptions> = {}): Promise<Store> {
  const store = await openTestStore(options);
  onTestFinished(() => store.close());
  return store;
}

/** The StoreError that it throws; anything else fails the test. */
export async function refusal(attempt: Promise<unknown>): Promise<StoreError> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

/** Runs statements past the store. */
export async function runSql<Row extends object>(sql: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
