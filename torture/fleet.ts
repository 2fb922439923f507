// The system under torture: servers and workers, each with a proxy between it and PostgreSQL, and each server with one
// before its HTTP port, so that its address stays the same over restarts.
import { type Clock, pause } from "../src/lib/clock.js";
import type { Millis } from "../src/model/time.js";
import type { Life } from "./history.js";
import { startProcess } from "./process.js";
import type { Project } from "./project.js";
import { startProxy, type TcpProxy } from "./proxy.js";
import { runsFile } from "./runs.js";
import { openSlot, type Slot } from "./slot.js";

export interface Member extends Slot {
  /** Between the process and PostgreSQL; absent on SQLite, and where PostgreSQL is reached without TCP. */
  readonly database?: TcpProxy;
  /** Before the HTTP port of a server. */
  readonly http?: TcpProxy;
}

export interface Fleet {
  readonly members: readonly Member[];
  /** Addresses of the servers. */
  readonly urls: readonly string[];
  /** Resolves once all are up. Throws Error, with what a process said last, where one ends time and again before it is up. */
  up(): Promise<void>;
  lives(): readonly Life[];
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly clock: Clock;
  readonly project: Project;
  readonly store: string;
  /** PostgreSQL only. */
  readonly schema?: string;
  /** Sessions bear this name in PostgreSQL. */
  readonly sessionName: string;
  readonly servers: number;
  readonly workers: number;
  /** How long running tasks may go on after SIGTERM. */
  readonly drain: string;
}

/** Tasks at a time in one process. */
const CONCURRENCY = 20;
/** A process that ended so often before it was up can't be started. */
const STARTS = 5;
const LOOK_EVERY: Millis = 500;

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { clock } = options;
  const members: Member[] = [];
  const proxies: TcpProxy[] = [];

  async function add(name: string, role: "server" | "worker"): Promise<void> {
    const database = await databaseProxy(options);
    const http = role === "server" ? await startProxy(clock) : undefined;
    proxies.push(...[database, http].filter((proxy) => proxy !== undefined));
    const slot = openSlot({
      name,
      role,
      clock,
      launch: (process, env) =>
        startProcess({
          name: process,
          role,
          args: argsOf(options, role, database),
          cwd: options.project.folder,
          program: options.project.program,
          env: { ...env, TORTURE_RUNS: runsFile(options.project.folder, process) },
        }),
      onChange: (up) => http?.aim(up?.url === undefined ? undefined : targetOf(up.url)),
    });
    members.push({ ...slot, ...(database && { database }), ...(http && { http }) });
  }

  for (let index = 1; index <= options.servers; index++) await add(`server-${index}`, "server");
  for (let index = 1; index <= options.workers; index++) await add(`worker-${index}`, "worker");

  return {
    members,
    urls: members.flatMap(({ http }) => (http ? [`http://127.0.0.1:${http.port}`] : [])),
    async up() {
      const stop = new AbortController();
      try {
        await Promise.race([
          Promise.all(members.map((member) => member.up())),
          failedStart(clock, members, stop.signal),
        ]);
      } finally {
        stop.abort();
      }
    },
    lives: () => members.flatMap((member) => member.lives()),
    async close() {
      await Promise.all(members.map((member) => member.close()));
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

/** Rejects where one of them can't be started; resolves when it is asked to stop looking. */
async function failedStart(clock: Clock, members: readonly Member[], stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    for (const member of members) {
      const last = member.lives().slice(-STARTS);
      const words = last.at(-1)?.end?.words;
      if (last.length === STARTS && words !== undefined && last.every((life) => life.readyAt === undefined)) {
        throw new Error(`${member.name} does not start: ${words}`);
      }
    }
    await pause(clock, LOOK_EVERY, stop);
  }
}

async function databaseProxy({ clock, store, schema }: FleetOptions): Promise<TcpProxy | undefined> {
  if (schema === undefined) return undefined;
  const { hostname, port } = new URL(store);
  return hostname === "" ? undefined : startProxy(clock, { host: hostname, port: Number(port || 5432) });
}

function targetOf(url: string) {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

function argsOf(options: FleetOptions, role: "server" | "worker", database: TcpProxy | undefined): string[] {
  const { schema, drain } = options;
  const store = schema === undefined ? options.store : through(options.store, options.sessionName, database);
  const shared = ["--store", store, "--data-dir", "data", "--files", "folder", "--drain", drain];
  const at = schema === undefined ? [] : ["--schema", schema];
  const works = ["--concurrency", String(CONCURRENCY)];
  if (role === "worker") return ["worker", ...shared, ...at, ...works];
  return ["serve", "--port", "0", ...shared, ...at, ...(options.workers > 0 ? ["--no-worker"] : works)];
}

/** The same database, by way of the proxy. */
function through(store: string, sessionName: string, database: TcpProxy | undefined): string {
  const url = new URL(store);
  url.searchParams.set("application_name", sessionName);
  if (database) {
    url.hostname = "127.0.0.1";
    url.port = String(database.port);
  }
  return url.href;
}
