// Drains no-op tasks from PostgreSQL with worker processes, and counts what it took: time, CPU, WAL, statements, dead rows.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import pg from "pg";
import { addHistory, addWaiting } from "./postgres-fill.js";
import type { MeasuredServer } from "./postgres-server.js";
import type { WorkerFigures } from "./postgres-worker.js";

export interface PostgresDrain {
  readonly tasks: number;
  readonly processes: number;
  readonly concurrency: number;
  readonly waiting: number;
  readonly finished: number;
  /** Another connection keeps a transaction open that has seen the tables. */
  readonly held: boolean;
}

export interface PostgresDrainFigures {
  readonly drainMillis: number;
  /** Per task. */
  readonly nodeMicros: number;
  readonly postgresMicros: number;
  readonly walBytes: number;
  /** NaN without pg_stat_statements. */
  readonly statements: number;
  readonly transactions: number;
  readonly deadRows: number;
  readonly rssBytes: number;
}

export async function drainPostgres(
  server: MeasuredServer,
  schema: string,
  folder: string,
  options: PostgresDrain,
): Promise<PostgresDrainFigures> {
  const { tasks } = options;
  const children = await Promise.all(
    Array.from({ length: options.processes }, () =>
      startWorker([server.url, schema, folder, String(options.concurrency)]),
    ),
  );
  const holder = new pg.Client({ connectionString: server.url });
  await holder.connect();
  try {
    await addHistory(server, schema, options.finished);
    await addWaiting(server, schema, tasks);
    if (options.waiting > 0) await addWaiting(server, schema, options.waiting, 60_000);
    await server.sql("ANALYZE");
    await server.sql("CHECKPOINT");
    if (options.held) await holder.query("BEGIN; SELECT txid_current()");
    const before = await spent(server);
    const start = performance.now();
    const figures = await Promise.all(await drained(children, tasks));
    const drainMillis = performance.now() - start;
    const after = await spent(server);
    const nodeMicros = figures.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0);
    return {
      drainMillis,
      nodeMicros: nodeMicros / tasks,
      postgresMicros: (after.cpu - before.cpu) / tasks,
      walBytes: (after.wal - before.wal) / tasks,
      statements: (after.statements - before.statements) / tasks,
      transactions: (after.transactions - before.transactions) / tasks,
      deadRows: after.dead,
      rssBytes: Math.max(...figures.map(({ rssBytes }) => rssBytes)),
    };
  } finally {
    await Promise.all(children.map(stop));
    await holder.end();
  }
}

async function startWorker(args: readonly string[]): Promise<ChildProcess> {
  const child = fork(path.join(import.meta.dirname, "postgres-worker.js"), args);
  await once(child, "message", { signal: endOf(child) });
  return child;
}

/** Aborted when the process ends. */
function endOf(child: ChildProcess): AbortSignal {
  const ended = new AbortController();
  child.once("exit", () => ended.abort(new Error("a worker process ended")));
  return ended.signal;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.disconnect();
  await ended;
}

/** Starts all, and answers the last figures of each once they have run `tasks` together. */
function drained(children: readonly ChildProcess[], tasks: number): Promise<readonly WorkerFigures[]> {
  const latest = new Map<ChildProcess, WorkerFigures>();
  return new Promise((resolve, reject) => {
    for (const child of children) {
      child.once("exit", () => reject(new Error("a worker process ended")));
      child.on("message", (figures: WorkerFigures) => {
        latest.set(child, figures);
        const all = [...latest.values()];
        if (all.reduce((sum, { done }) => sum + done, 0) >= tasks) resolve(all);
      });
      child.send("go");
    }
  });
}

async function spent(server: MeasuredServer) {
  await server.sql("SELECT pg_stat_force_next_flush()").catch(() => []);
  const [row] = await server.sql<{ wal: string; transactions: string; dead: string }>(`
    SELECT pg_current_wal_lsn() - '0/0' AS wal,
      (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS transactions,
      (SELECT coalesce(sum(n_dead_tup), 0) FROM pg_stat_user_tables) AS dead`);
  const statements = await server
    .sql<{ calls: string }>("SELECT sum(calls) AS calls FROM pg_stat_statements")
    .catch(() => []);
  return {
    cpu: server.cpuMicros(),
    wal: Number(row?.wal),
    transactions: Number(row?.transactions),
    dead: Number(row?.dead),
    statements: Number(statements[0]?.calls ?? Number.NaN),
  };
}
