// PostgreSQL for a test file, with roles that may do little, and the program beside it. No tests here.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { onTestFinished } from "vitest";
import { startServer, type TestServer } from "../support/postgres.js";
import { createTestDatabase } from "../support/shared.js";
import { type Running, start } from "./command-line.js";

export interface PostgresSetting {
  /** As superuser. */
  readonly url: string;
  /** The name of the database. */
  readonly database: string;
  /** A new role that may create schemas; its URL, with the password "s3cret", and its name. */
  role(options?: string): Promise<{ readonly url: string; readonly name: string }>;
  /** Runs statements as the superuser. */
  sql(statements: string): Promise<void>;
  remove(): Promise<void>;
}

/** A database of its own on the shared server. */
export async function startPostgres(): Promise<PostgresSetting> {
  const database = await createTestDatabase();
  return settingOf(database.url, database.name, database.remove);
}

/** A server of its own, which the test may stop. */
export async function startOwnPostgres(): Promise<PostgresSetting & { readonly server: TestServer }> {
  const server = await startServer();
  return { ...settingOf(server.url, "postgres", server.remove), server };
}

function settingOf(
  adminUrl: string,
  database: string,
  remove: (roles: readonly string[]) => Promise<void>,
): PostgresSetting {
  const roles: string[] = [];
  async function sql(statements: string): Promise<void> {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    try {
      await client.query(statements);
    } finally {
      await client.end();
    }
  }
  return {
    url: adminUrl,
    database,
    sql,
    async role(options = "") {
      const name = `role_${randomUUID().slice(0, 8)}`;
      roles.push(name);
      await sql(`
        CREATE ROLE ${name} LOGIN PASSWORD 's3cret' ${options};
        GRANT CREATE ON DATABASE ${database} TO ${name}`);
      const url = new URL(adminUrl);
      url.username = name;
      url.password = "s3cret";
      return { url: url.href, name };
    },
    remove: () => remove(roles),
  };
}

export interface StartedServer extends Running {
  readonly url: string;
  /** Status, headers and body of an answer. */
  ask(route: string, init?: RequestInit): Promise<{ status: number; headers: Headers; text: string }>;
}

/** A folder that goes with the test. */
export async function folder(): Promise<string> {
  const cwd = await mkdtemp(path.join(os.tmpdir(), "taskwright-cli-"));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  return cwd;
}

/** The server on a free port; ended with the test, where it still runs. */
export async function serve(
  store: string,
  schema: string,
  ...words: readonly string[]
): Promise<StartedServer> {
  const running = await startProcess(["serve", "--port", "0", ...words], store, schema);
  const [, url = ""] = await running.says(/Dashboard +(http:\/\/\S+)\//);
  return {
    ...running,
    url,
    async ask(route, init) {
      const { status, headers, ...answer } = await answerOf(url + route, init);
      return { status, headers, text: answer.text };
    },
  };
}

async function answerOf(url: string, init?: RequestInit) {
  const reply = await fetch(url, init);
  return { status: reply.status, headers: reply.headers, text: await reply.text() };
}

/** Starts the program on this store, in a folder of its own; ended with the test, where it still runs. */
export async function startProcess(
  words: readonly string[],
  store: string,
  schema: string,
): Promise<Running> {
  const cwd = await folder();
  const env = { TASKWRIGHT_STORE: store, TASKWRIGHT_SCHEMA: schema, TASKWRIGHT_PACE: "0" };
  const running = start([...words, "--drain", "1s"], { cwd, env });
  onTestFinished(async () => {
    running.process.kill("SIGKILL");
    await running.ended;
  });
  return running;
}
