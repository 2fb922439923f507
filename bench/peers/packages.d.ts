// The few calls that the adapters make of each package, so that they type-check where bench/peers is not installed.

declare module "bullmq" {
  import type { Redis } from "ioredis";
  export class Queue {
    constructor(name: string, options: { connection: Redis });
    waitUntilReady(): Promise<unknown>;
    add(name: string, data: unknown): Promise<unknown>;
    addBulk(jobs: readonly { name: string; data: unknown }[]): Promise<unknown>;
    close(): Promise<void>;
  }
  export class Worker<Data> {
    constructor(
      name: string,
      run: (job: { data: Data }) => Promise<void>,
      options: { connection: Redis; concurrency: number },
    );
    waitUntilReady(): Promise<unknown>;
    close(force?: boolean): Promise<void>;
  }
}

declare module "ioredis" {
  export class Redis {
    constructor(options: {
      host: string;
      port: number;
      maxRetriesPerRequest: null;
      enableAutoPipelining?: boolean;
    });
    info(section: string): Promise<string>;
    quit(): Promise<unknown>;
    disconnect(): void;
  }
}

declare module "pg-boss" {
  export default class PgBoss {
    constructor(options: { connectionString: string; max: number });
    on(event: "error", listener: (error: Error) => void): void;
    start(): Promise<unknown>;
    createQueue(name: string): Promise<void>;
    send(name: string, data: object): Promise<string | null>;
    insert(jobs: readonly { name: string; data: object }[]): Promise<unknown>;
    work<Data>(
      name: string,
      options: { batchSize: number; pollingIntervalSeconds: number },
      handler: (jobs: readonly { data: Data }[]) => Promise<void>,
    ): Promise<string>;
    notifyWorker(id: string): void;
    stop(options: { graceful: boolean; wait: boolean; timeout: number }): Promise<void>;
  }
}

declare module "graphile-worker" {
  export class Logger {
    constructor(factory: () => () => void);
  }
  export interface Preset {
    worker: {
      connectionString: string;
      concurrentJobs: number;
      maxPoolSize: number;
      localQueue: { size: number };
      completeJobBatchDelay: number;
      failJobBatchDelay: number;
      logger: Logger;
    };
  }
  interface Adds {
    addJob(task: string, payload: unknown): Promise<unknown>;
    addJobs(jobs: readonly { identifier: string; payload: unknown }[]): Promise<unknown>;
  }
  export function makeWorkerUtils(options: {
    preset: Preset;
  }): Promise<Adds & { migrate(): Promise<void>; release(): Promise<void> }>;
  export function run<Data>(options: {
    preset: Preset;
    noHandleSignals: true;
    taskList: Record<string, (payload: Data) => void | Promise<void>>;
  }): Promise<{ stop(): Promise<void> }>;
}

declare module "plainjob" {
  import type Database from "better-sqlite3";

  interface Connection {
    readonly driver: string;
  }
  interface Queue {
    add(type: string, data: unknown): unknown;
    addMany(type: string, data: readonly unknown[]): unknown;
    close(): void;
  }
  interface Logger {
    error(message: string): void;
    warn(message: string): void;
    info(message: string): void;
    debug(message: string): void;
  }
  export function better(database: Database.Database): Connection;
  export function defineQueue(options: { connection: Connection; logger: Logger }): Queue;
  export function defineWorker(
    type: string,
    run: (job: { data: string }) => void | Promise<void>,
    options: { queue: Queue; logger: Logger; pollIntervall: number },
  ): { start(): Promise<void>; stop(): Promise<void> };
}

declare module "bunqueue/client" {
  export class Queue {
    constructor(name: string, options: { embedded: true; dataPath: string });
    add(name: string, data: unknown, options: { durable: boolean }): Promise<unknown>;
    addBulk(jobs: readonly { name: string; data: unknown; opts: { durable: boolean } }[]): Promise<unknown>;
    close(): void | Promise<void>;
  }
  export class Worker<Data> {
    constructor(
      name: string,
      run: (job: { data: Data }) => Promise<void>,
      options: {
        embedded: true;
        dataPath: string;
        concurrency: number;
        batchSize: number;
        pollTimeout: number;
      },
    );
    close(force?: boolean): Promise<void>;
  }
}
