// The systems side by side: how each is started here, and what a reader has to know beside its figures.

/** What has to be there for a round: a folder, a database, or a Redis with or without its log. */
export type Needs = "folder" | "postgres" | "redis" | "redis-aof";

export interface System {
  readonly id: string;
  readonly name: string;
  /** Package whose version is shown. Absent: Taskwright itself. */
  readonly package?: string;
  readonly adapter: string;
  readonly runtime: "node" | "bun";
  readonly needs: Needs;
  readonly environment?: Readonly<Record<string, string>>;
  /** The worst that an answered submit survives, in a word or two: it stands beside every figure. */
  readonly survives: string;
  /** Whether finished tasks are kept, in a word or two. */
  readonly history: string;
  /** What is safe once a submit was answered. */
  readonly durability: string;
  /** What is left of a task that has succeeded. */
  readonly keeps: string;
  /** Settings that differ from its defaults. */
  readonly settings: string;
  readonly isOurs?: boolean;
  /** Has no worker here: a limit to compare with. */
  readonly isLimit?: boolean;
}

const BULLMQ =
  "worker concurrency 200; addBulk; ioredis with auto-pipelining for submits; connections of their own for queue and worker";

export const SYSTEMS: readonly System[] = [
  {
    id: "taskwright-sqlite",
    name: "Taskwright, SQLite",
    adapter: "taskwright",
    runtime: "node",
    needs: "folder",
    survives: "power cut",
    history: "kept",
    durability: "power cut: every commit is synced (synchronous FULL)",
    keeps: "parameters, result, times, attempts, per-minute counts; 30 days",
    settings: "concurrency 200",
    isOurs: true,
  },
  {
    id: "taskwright-postgres",
    name: "Taskwright, PostgreSQL",
    adapter: "taskwright",
    runtime: "node",
    needs: "postgres",
    survives: "power cut",
    history: "kept",
    durability: "power cut: synchronous_commit on",
    keeps: "parameters, result, times, attempts, per-minute counts; 30 days",
    settings: "concurrency 200",
    isOurs: true,
  },
  {
    id: "bullmq",
    name: "BullMQ, Redis without AOF",
    package: "bullmq",
    adapter: "bullmq",
    runtime: "node",
    needs: "redis",
    survives: "client crash only",
    history: "kept in memory",
    durability: "none: memory only, a restart of Redis loses all",
    keeps: "job data and result, in memory, without end",
    settings: BULLMQ,
  },
  {
    id: "bullmq-aof",
    name: "BullMQ, Redis AOF everysec",
    package: "bullmq",
    adapter: "bullmq",
    runtime: "node",
    needs: "redis-aof",
    survives: "power cut, less 1–2 s",
    history: "kept",
    durability: "crash of Redis or power cut: up to a second or two of acknowledged tasks is lost",
    keeps: "job data and result, in memory and log, without end",
    settings: BULLMQ,
  },
  {
    id: "pg-boss",
    name: "pg-boss",
    package: "pg-boss",
    adapter: "pg-boss",
    runtime: "node",
    needs: "postgres",
    survives: "power cut",
    history: "kept 12 h",
    durability: "power cut: synchronous_commit on",
    keeps: "job data and output; archived after 12 hours",
    settings: "insert; 2 workers with batchSize 500; notifyWorker after submits and full batches",
  },
  {
    id: "graphile-worker",
    name: "Graphile Worker",
    package: "graphile-worker",
    adapter: "graphile-worker",
    runtime: "node",
    needs: "postgres",
    survives: "power cut",
    history: "none",
    durability:
      "power cut: synchronous_commit on; a worker that dies holds up to 500 fetched jobs for 4 hours",
    keeps: "nothing: a job that succeeded is deleted",
    settings:
      "concurrentJobs 24, maxPoolSize 25, localQueue 500, completeJobBatchDelay 0, failJobBatchDelay 0",
  },
  {
    id: "plainjob",
    name: "plainjob, SQLite",
    package: "plainjob",
    adapter: "plainjob",
    runtime: "node",
    needs: "folder",
    survives: "kill -9",
    history: "kept",
    durability: "kill -9; a power cut may lose the last commits (synchronous NORMAL, set by itself)",
    keeps: "job data; 30 days by default",
    settings: "polling every 10 ms (default 1 s); one worker, or as many as handlers run at once",
  },
  {
    id: "bunqueue",
    name: "bunqueue, SQLite, buffered",
    package: "bunqueue",
    adapter: "bunqueue",
    runtime: "bun",
    needs: "folder",
    survives: "kill -9, less some ms",
    history: "kept",
    durability:
      "a crash may lose what its write buffer holds (milliseconds); power cut: also the last commits (NORMAL)",
    keeps: "job data and result; the last 50,000",
    settings: "embedded, concurrency 100, batchSize 100, pollTimeout 5 s",
  },
  {
    id: "bunqueue-durable",
    name: "bunqueue, SQLite, durable",
    package: "bunqueue",
    adapter: "bunqueue",
    runtime: "bun",
    needs: "folder",
    environment: { BENCH_DURABLE: "1" },
    survives: "kill -9",
    history: "kept",
    durability: "kill -9; a power cut may lose the last commits (synchronous NORMAL)",
    keeps: "job data and result; the last 50,000",
    settings: "as above, each job with durable: true",
  },
  {
    id: "fastify",
    name: "empty Fastify handler",
    package: "fastify",
    adapter: "fastify",
    runtime: "node",
    needs: "folder",
    survives: "stores nothing",
    history: "none",
    durability: "stores nothing",
    keeps: "nothing",
    settings: "one route that answers 201 without looking at the request",
    isLimit: true,
  },
];

export function systemOf(id: string): System {
  const found = SYSTEMS.find((system) => system.id === id);
  if (!found) throw new Error(`no system is called ${id}`);
  return found;
}
