// The PostgreSQL store: puts connections, schema and verbs together. Any number of processes share one schema.
import { type Clock, systemClock } from "../../lib/clock.js";
import type { Instant, Millis } from "../../model/time.js";
import { createListeners } from "../listeners.js";
import { createProblems } from "../problems.js";
import { type Store, StoreError } from "../store.js";
import { createAhead } from "./ahead.js";
import { createCursors } from "./claim-cursors.js";
import { createClusterEvents } from "./cluster-events.js";
import { CallerFailure, createDatabase, type Database, moment } from "./database.js";
import { createEdit } from "./editing.js";
import { createEnding } from "./ending.js";
import { toStoreError } from "./errors.js";
import { createFiles } from "./files.js";
import { createHeartbeat } from "./heartbeat.js";
import { createHistory } from "./history.js";
import { createInsert } from "./insert.js";
import { createListing } from "./listing.js";
import { migrateSchema } from "./migrations/migrate.js";
import { checkNames, openSchema } from "./opening.js";
import { createRecords } from "./records.js";
import { createRetention } from "./retention.js";
import { createStatistics, FOLD_PAUSE } from "./statistics.js";
import { createTasks } from "./tasks.js";
import { createThreadedHeartbeat } from "./threaded-heartbeat.js";
import { createWriter } from "./transaction.js";
import { createWork, NEXT_AT } from "./work.js";

export interface PostgresStoreOptions {
  /** postgres://user:password@host:port/database; what it leaves out comes from PGUSER, PGPASSWORD and the like. */
  readonly url: string;
  /** Where the tables lie: a-z, 0-9 and _. Default "taskwright". */
  readonly schema?: string;
  /** Bring the schema up to date while opening. Default true; otherwise an older one is refused. */
  readonly migrate?: boolean;
  /** Connections that work may use at once; three more beat, and listen. Default 10. */
  readonly poolSize?: number;
  /** How long a worker counts as alive after a beat. Default 15 s. */
  readonly lease?: Millis;
  /** How long a worker keeps its lease while its event loop stands still. Default 60 s. */
  readonly stallLimit?: Millis;
  /** For tests: timers and all dates follow this clock. Otherwise every date is the database's. */
  readonly clock?: Clock;
}

const DEFAULTS = { schema: "taskwright", poolSize: 10, lease: 15_000, stallLimit: 60_000 } as const;
/** Far longer than any verb takes: after it, the line or the server is gone without a word. */
const LONGEST_STATEMENT: Millis = 30_000;
/** After so long without an answer a beat is given up, in time to try again on a new connection. */
const BEAT_PATIENCE: Millis = 4_000;

/** Where there is nothing to fold, workers that are gone for long are forgotten this often. */
const FORGET_PAUSE: Millis = 60_000;

// The ends of two indexes, and a table that is mostly empty.
const LOOK = `
SELECT ${NEXT_AT} - ${moment("$1")} AS "nextIn",
  EXISTS (SELECT 1 FROM taskwright.tally) AS "hasCounts"`;

// One worker's row, gone before anybody sees it: unlike a read it needs room, a primary server, and a sync to disk.
const PROBE = `INSERT INTO taskwright.worker (id, heartbeat_at, lease_until, state) VALUES ('', 0, 0, '{}')`;
const FORGET_PROBE = "DELETE FROM taskwright.worker WHERE id = ''";

/** A store that is not open yet. */
export interface UnopenedStore {
  /** Until `open` has succeeded, its verbs throw StoreError: why it did not. */
  readonly store: Store;
  /**
   * Connects, and checks or brings up to date the schema. May be called again after it threw StoreError: unavailable,
   * refused (also for an older schema where `migrate` is false), too_old, too_new, not_writable, corrupt.
   */
  open(): Promise<void>;
}

/** Connects, and checks or brings up to date the schema. Throws as `createPostgresStore` and its `open` do. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { store, open } = createPostgresStore(options);
  try {
    await open();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Connects to nothing yet. Throws StoreError: refused for a URL that can't be read, rejected for a schema name that is none. */
export function createPostgresStore(options: PostgresStoreOptions): UnopenedStore {
  const { url, clock, migrate = true } = options;
  const schema = options.schema ?? DEFAULTS.schema;
  checkNames(url, schema);
  const now = clock && ((): Instant => clock.now());
  const database = createDatabase({
    url,
    schema,
    poolSize: options.poolSize ?? DEFAULTS.poolSize,
    longestStatement: LONGEST_STATEMENT,
    now,
  });
  // Apart from the rest, so that a beat never waits behind work.
  const beats = createDatabase({ url, schema, poolSize: 2, patience: BEAT_PATIENCE, now });
  let whyNot: StoreError | undefined = new StoreError(
    "unavailable",
    "Connecting to the database. Try again in a moment.",
    { advice: "Connecting to the database. Try again in a moment." },
  );
  return {
    store: assemble(options, database, beats, schema, () => whyNot),
    async open() {
      // Each try looks anew: behind the same name there may be another server by now, or other settings.
      const own = createDatabase({ url, schema, poolSize: 1, now });
      try {
        await openSchema(own, schema, migrate);
        whyNot = undefined;
      } catch (error) {
        whyNot = toStoreError(error);
        throw whyNot;
      } finally {
        await own.close();
      }
    },
  };
}

function assemble(
  options: PostgresStoreOptions,
  database: Database,
  beats: Database,
  schema: string,
  whyNotOpen: () => StoreError | undefined,
): Store {
  const { url, clock = systemClock, lease = DEFAULTS.lease } = options;
  const cursors = createCursors(clock);
  const problems = createProblems();
  const listeners = createListeners(() => cluster.sender.isHeard);
  const cluster = createClusterEvents({
    url,
    schema,
    clock,
    query: beats.query,
    reads: database.query,
    listeners,
    appeared: cursors.mistrust,
  });
  const { hints, sender } = cluster;
  const writer = createWriter({ clock, database, cursors, listeners, hints, sender });
  const ending = createEnding(writer);
  const inserts = createInsert(writer, hints);
  const { stallLimit = DEFAULTS.stallLimit } = options;
  // A test's clock stands still for whole threads.
  const heartbeat = options.clock
    ? createHeartbeat(beats, lease, clock)
    : createThreadedHeartbeat({ url, schema, lease, stallLimit });
  const work = createWork(writer, heartbeat, ending);
  const tasks = createTasks(writer, ending);
  const files = createFiles(writer);
  const records = createRecords(writer, inserts.insertIn);
  const retention = createRetention(writer);
  const history = createHistory(database);
  const statistics = createStatistics(database);
  const listing = createListing(database, clock);
  let foldedAt: Millis | undefined;
  let closing: Promise<void> | undefined;

  /** A verb of the contract: refused before it is open and after close, and whatever it throws is a StoreError. */
  function verb<Args extends readonly unknown[], Answer>(
    run: (...args: Args) => Promise<Answer>,
    call: "read" | "write" = "write",
  ): (...args: Args) => Promise<Answer> {
    return async (...args) => {
      if (closing !== undefined) throw new StoreError("closed", "The store was closed.");
      const whyNot = whyNotOpen();
      if (whyNot) throw whyNot;
      try {
        return await run(...args);
      } catch (error) {
        if (error instanceof CallerFailure) throw error.cause;
        const failure = toStoreError(error);
        problems.noteError(failure, call);
        throw failure;
      }
    };
  }

  /** Every process promotes all the time, so counts are folded along with it. An idle one asks one thing a time. */
  async function promote(limit: number) {
    const [seen] = await database.query<{ nextIn: Millis | null; hasCounts: boolean }>(LOOK, [
      database.now(),
    ]);
    const pause = seen?.hasCounts ? FOLD_PAUSE : FORGET_PAUSE;
    const elapsed = clock.monotonic();
    if (foldedAt === undefined || elapsed - foldedAt >= pause) {
      foldedAt = elapsed;
      await (seen?.hasCounts ? statistics.fold() : statistics.forgetWorkers());
    }
    const nextIn = seen?.nextIn ?? undefined;
    return nextIn === undefined || nextIn > 0 ? { count: 0, nextIn } : work.promote(limit);
  }

  async function close(): Promise<void> {
    writer.close();
    await Promise.all([cluster.close(), heartbeat.close()]);
    await Promise.all([database.close(), beats.close()]);
  }

  return {
    kind: "postgres",
    isShared: true,
    lease: heartbeat.lease,
    turn: verb(work.turn),
    beat: verb(work.beat),
    retire: verb(work.retire),
    sync: verb(work.sync),
    reclaim: verb(work.reclaim),
    promote: verb(promote),
    insert: verb(inserts.insert),
    insertWithin: verb(inserts.insertWithin),
    get: verb(tasks.get, "read"),
    list: verb(listing.list, "read"),
    ahead: verb(createAhead(database), "read"),
    cancel: verb(tasks.cancel),
    edit: verb(createEdit(writer, inserts)),
    attempts: verb(history.attempts, "read"),
    logs: verb(history.logs, "read"),
    artifacts: verb(history.artifacts, "read"),
    artifact: verb(history.artifact, "read"),
    beginFile: verb(files.beginFile),
    completeFile: verb(files.completeFile),
    files: verb(files.files, "read"),
    expireFiles: verb(files.expireFiles),
    removeFiles: verb(files.removeFiles),
    records: verb(records.records, "read"),
    commitRecords: verb(records.commitRecords),
    listRecords: verb(records.listRecords, "read"),
    dueRecords: verb(records.dueRecords, "read"),
    recordEntries: verb(records.recordEntries, "read"),
    expireRecords: verb(records.expireRecords),
    expired: verb(retention.expired, "read"),
    remove: verb(retention.remove),
    totals: verb(statistics.totals, "read"),
    timeline: verb(statistics.timeline, "read"),
    queues: verb(statistics.queues, "read"),
    workers: verb(statistics.workers, "read"),
    migrate: verb(() => migrateSchema(database, schema)),
    ping: verb(async () => {
      await database.query("SELECT 1");
    }),
    probe: verb(async () => {
      await database.transaction((query) => Promise.all([query(PROBE), query(FORGET_PROBE)]));
    }),
    notificationProblem: cluster.notificationProblem,
    // Damage is noticed by the calls that meet it; a database server checks its own files.
    problem: problems.current,
    onProblem: problems.listen,
    // Other processes are listened to once this one subscribes to work or to changes.
    onWork(listener) {
      if (closing === undefined) cluster.listenForWork();
      return listeners.onWork(listener);
    },
    onChange(listener) {
      const stop = listeners.onChange(listener);
      if (closing === undefined) cluster.listenForChanges();
      return stop;
    },
    onMissed: listeners.onMissed,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
