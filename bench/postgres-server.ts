// The PostgreSQL that is measured: one of its own with durable settings, or the one that a URL names. What it has spent.
import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";
import { startServer } from "../test/support/postgres.js";

export interface MeasuredServer {
  readonly url: string;
  sql<Row extends object>(text: string): Promise<readonly Row[]>;
  /** Microseconds of CPU time of all its processes since it started; NaN where they run on another machine. */
  cpuMicros(): number;
  close(): Promise<void>;
}

/** Clock ticks of /proc are hundredths of a second on every Linux. */
const MICROS_PER_TICK = 10_000;

export async function measuredServer(url: string | undefined): Promise<MeasuredServer> {
  const own =
    url === undefined
      ? await startServer("safe", ["shared_preload_libraries=pg_stat_statements"])
      : undefined;
  const address = url ?? own?.url ?? "";
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const postmaster = Number(statOf(rows[0]?.pid ?? 0)[1]);
  return {
    url: address,
    sql: async <Row extends object>(text: string) => (await client.query<Row>(text)).rows,
    cpuMicros: () => cpuBelow(postmaster),
    async close() {
      await client.end();
      await own?.remove();
    },
  };
}

/** A process and its children, also those that have ended. */
function cpuBelow(parent: number): number {
  const ended = ticks(statOf(parent), 11, 15);
  const living = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter(([, ppid]) => Number(ppid) === parent);
  return living.reduce((sum, stat) => sum + ticks(stat, 11, 13), ended) * MICROS_PER_TICK;
}

function ticks(stat: readonly string[], from: number, to: number): number {
  return stat.slice(from, to).reduce((sum, field) => sum + Number(field), 0);
}

/** /proc/<pid>/stat from its third field on: state, parent, …; empty where there is no such process here. */
function statOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
  } catch {
    return [];
  }
}
