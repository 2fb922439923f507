// What test files share during one run: one PostgreSQL server, with a database for each file, and one browser.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { type Browser, chromium } from "playwright-core";
import { inject } from "vitest";

async function addressOf(part: "postgres" | "browser"): Promise<string> {
  const response = await fetch(`${inject("sharedParts")}/${part}`);
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return answer;
}

export interface TestDatabase {
  /** As superuser, or as the user of TASKWRIGHT_TEST_POSTGRES_URL. */
  readonly url: string;
  readonly name: string;
  /** Ends all sessions in it and drops it, and then these roles. */
  remove(roles?: readonly string[]): Promise<void>;
}

/**
 * A new, empty database: on the server that TASKWRIGHT_TEST_POSTGRES_URL names, or on the one that this run shares. Roles belong
 * to the whole server, so their names must be unique. Tests that stop the server start their own (see postgres.ts).
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env.TASKWRIGHT_TEST_POSTGRES_URL ?? (await addressOf("postgres"));
  const name = `taskwright_test_${randomUUID().replaceAll("-", "")}`;
  await runOn(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    name,
    async remove(roles = []) {
      await runOn(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
      if (roles.length > 0) await runOn(serverUrl, `DROP ROLE ${roles.join(", ")}`);
    },
  };
}

async function runOn(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The browser of this run. Closing it closes the pages that were opened here, and no others. */
export async function connectBrowser(): Promise<Browser> {
  return chromium.connect(await addressOf("browser"));
}
