// What the hot path costs on PostgreSQL, counted: statements that the client sends, transactions, bytes of write-ahead log.
// It has a server of its own, since what others write there would count.
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.js";
import { startServer } from "../support/postgres.js";
import { compareWithBudget, type Figures } from "./compare.js";
import { runScenario } from "./scenario.js";

const NO_END = 366 * 86_400_000;

/** Every statement that any client of this process sends, from now until the test has ended. */
function watchStatements(): string[] {
  const seen: string[] = [];
  const send = pg.Client.prototype.query;
  pg.Client.prototype.query = new Proxy(send, {
    apply(target, client, sent) {
      const [query] = sent;
      seen.push(typeof query === "string" ? query : String(query?.text));
      return Reflect.apply(target, client, sent);
    },
  });
  onTestFinished(() => {
    pg.Client.prototype.query = send;
  });
  return seen;
}

test("the hot path on PostgreSQL keeps within its budget", async () => {
  const server = await startServer();
  onTestFinished(() => server.remove());
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  onTestFinished(() => admin.end());
  await admin.query("ALTER SYSTEM SET autovacuum = off");
  await admin.query("SELECT pg_reload_conf()");
  const written = async (): Promise<number> => {
    const { rows } = await admin.query<{ bytes: number }>(
      "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS bytes",
    );
    return withoutPageHeaders(rows[0]?.bytes ?? Number.NaN);
  };
  const clock = createManualClock();
  const store = await openPostgresStore({ url: server.url, lease: NO_END, poolSize: 1, clock });
  onTestFinished(() => store.close());
  const seen = watchStatements();

  const measure = async (step: () => Promise<unknown>): Promise<Figures> => {
    const before = await written();
    seen.length = 0;
    await step();
    const statements = [...seen];
    return {
      statements: statements.length,
      transactions: statements.filter((sql) => sql.startsWith("BEGIN")).length,
      walBytes: (await written()) - before,
    };
  };
  const measured = await runScenario(store, clock, measure);
  // A claim may look at all lanes once in a while, so the smaller count of two runs is what a step needs.
  await clock.advance(1);
  const again = await runScenario(store, clock, measure);

  expect(compareWithBudget("postgres", least(measured, again))).toEqual([]);
}, 60_000);

/**
 * Every 8 KB page of the log begins with 24 bytes, and every 16 MB with 16 more. Counted along, a step would seem to write more
 * where a page happens to end within it.
 */
function withoutPageHeaders(position: number): number {
  return position - 24 * Math.ceil(position / 8_192) - 16 * Math.ceil(position / (16 * 1_024 * 1_024));
}

/** The first run's figures, with the smaller count of statements of both. */
function least(
  first: Readonly<Record<string, Figures>>,
  second: Readonly<Record<string, Figures>>,
): Readonly<Record<string, Figures>> {
  return Object.fromEntries(
    Object.entries(first).map(([step, figures]) => {
      const counts = [figures.statements, second[step]?.statements].filter((count) => count !== undefined);
      return [step, { ...figures, statements: Math.min(...counts) }];
    }),
  );
}
