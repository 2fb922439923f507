// `npm run bench -- postgres`: the scenarios on PostgreSQL, as one table. Every commit is synced before it is acknowledged.
// --help names its flags.
// The machine may be shared: CPU time per task says more than the rate.
import { randomFillSync, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadClock, loadIds, loadPostgres, loadSuggest } from "./built.js";
import { insertTasks } from "./fill.js";
import { positive, readFlags } from "./flags.js";
import { idleLatency } from "./latency.js";
import { describeMachine } from "./machine.js";
import { drainPostgres, type PostgresDrain } from "./postgres-drain.js";
import { measuredServer } from "./postgres-server.js";
import { ms, percentile, perSecond, type Row, table } from "./statistics.js";

const USAGE = `npm run bench -- postgres [flags]: what one machine does with PostgreSQL, as one table.

  --url URL        a server of yours (default: one of its own, gone at the end)
  --only NAME      one scenario
  --tasks N        tasks to drain (default 200000)
  --million N      waiting and finished tasks, in millions (default 1)
  --concurrency N  tasks at a time and process (default 500)

Examples:
  npm run bench -- postgres --only drain
  npm run bench -- postgres --url postgres://postgres:secret@localhost:5432/bench --tasks 50000`;

const { didYouMean } = await loadSuggest();
const values = readFlags({
  usage: USAGE,
  didYouMean,
  // The first one is "postgres".
  words: process.argv.slice(3),
  options: {
    url: { type: "string" },
    tasks: { type: "string", default: "200000" },
    million: { type: "string", default: "1" },
    only: { type: "string" },
    concurrency: { type: "string", default: "500" },
    help: { type: "boolean", short: "h" },
  },
});
const tasks = positive("tasks", values.tasks);
const many = positive("million", values.million) * 1_000_000;
const rows: Row[] = [];
const server = await measuredServer(values.url);
await server.sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements").catch(() => {
  process.stderr.write("pg_stat_statements is not to be had: statements are not counted\n");
});

function add(row: Row): void {
  rows.push(row);
  process.stderr.write(`${row.scenario}: ${row.figure} (${row.note ?? ""})\n`);
}

/** A fresh schema and folder for one scenario, removed afterwards. */
async function inSchema(measure: (schema: string, folder: string) => Promise<void>): Promise<void> {
  const schema = `bench_${randomUUID().replaceAll("-", "")}`;
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-bench-"));
  try {
    await measure(schema, folder);
  } finally {
    await server.sql(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function drain(scenario: string, goal: string, options: Partial<PostgresDrain>): Promise<void> {
  await inSchema(async (schema, folder) => {
    const figures = await drainPostgres(server, schema, folder, {
      tasks,
      processes: 1,
      concurrency: Number(values.concurrency),
      waiting: 0,
      finished: 0,
      held: false,
      ...options,
    });
    const { nodeMicros, postgresMicros, walBytes, statements, transactions, deadRows, rssBytes } = figures;
    add({
      scenario,
      figure: perSecond(tasks, figures.drainMillis),
      goal,
      note: [
        `CPU a task: Node ${nodeMicros.toFixed(1)} µs, PostgreSQL ${postgresMicros.toFixed(1)} µs`,
        `WAL ${Math.round(walBytes)} B`,
        `${statements.toFixed(3)} statements, ${transactions.toFixed(3)} transactions`,
        `${deadRows.toLocaleString("en-US")} dead rows left`,
        `RSS ${Math.round(rssBytes / 2 ** 20)} MB`,
      ].join("; "),
    });
  });
}

const scenarios: Readonly<Record<string, () => Promise<void>>> = {
  drain: () => drain("drain, 1 worker process", "60,000/s", { processes: 1 }),
  "drain-2": () => drain("drain, 2 worker processes", "60,000/s", { processes: 2 }),
  "drain-4": () => drain("drain, 4 worker processes", "", { processes: 4 }),
  "drain-full": () =>
    drain(`drain, ${many.toLocaleString("en-US")} more waiting and as many finished`, "90 % of empty", {
      waiting: many,
      finished: many,
    }),
  "drain-held": () => drain("drain, a transaction held open", "90 % of empty", { held: true }),
  async batch() {
    await inSchema(async (schema) => {
      const [{ openPostgresStore }, { systemClock }, { createIdSource }] = await Promise.all([
        loadPostgres(),
        loadClock(),
        loadIds(),
      ]);
      const store = await openPostgresStore({ url: server.url, schema });
      const newId = createIdSource(systemClock.now, (bytes) => void randomFillSync(bytes));
      const before = { node: process.cpuUsage(), postgres: server.cpuMicros() };
      // Two at a time: while one batch is written to disk, the next one is made.
      const half = tasks / 2;
      const start = performance.now();
      await Promise.all([insertTasks(store, newId, half), insertTasks(store, newId, half)]);
      const millis = performance.now() - start;
      const { user, system } = process.cpuUsage(before.node);
      const postgres = (server.cpuMicros() - before.postgres) / tasks;
      await store.close();
      add({
        scenario: "insert in batches of 1,000, two at a time",
        figure: perSecond(tasks, millis),
        goal: "120,000/s",
        note: `CPU a task: Node ${((user + system) / tasks).toFixed(1)} µs, PostgreSQL ${postgres.toFixed(1)} µs`,
      });
    });
  },
  async latency() {
    await inSchema(async (schema, folder) => {
      const samples = await idleLatency(
        { store: server.url, schema, dataDir: folder, files: "folder" },
        2_000,
      );
      add({
        scenario: "idle submit → start, p50 / p99",
        figure: `${ms(percentile(samples, 0.5))} / ${ms(percentile(samples, 0.99))}`,
        goal: "1.5 / 5 ms",
      });
    });
  },
};

try {
  for (const [name, run] of Object.entries(scenarios)) {
    if (!values.only || name === values.only) await run();
  }
  const [version] = await server.sql<{ server_version: string }>("SHOW server_version");
  const facts = { PostgreSQL: version?.server_version ?? "", durability: "synchronous_commit=on" };
  process.stdout.write(`${describeMachine(facts)}\n\n${table(rows)}\n`);
} finally {
  await server.close();
}
