// Connections to PostgreSQL: single statements, transactions and snapshots, repeated where that is safe. Knows no tables.
import pg from "pg";
import type { Instant, Millis } from "../../model/time.js";
import type { CallerTransaction } from "../store.js";

/**
 * Runs one statement. `values` fill $1, $2, …; statements that are not awaited one by one share a round trip. One with a
 * name is planned once per connection, as long as that ends at PostgreSQL itself: a pooler in between hands connections
 * on, and statements stay behind. Only for statements that are always planned under the same settings.
 */
export type Query = <Row extends object>(
  sql: string,
  values?: readonly unknown[],
  name?: string,
) => Promise<readonly Row[]>;

export interface Database {
  /** One statement that may be run twice: it is, once, where the connection broke. */
  readonly query: Query;
  /**
   * One statement that is a transaction of its own, in whatever isolation the database has for default. Sent again where the
   * server has said that it was not done; throws LostAnswer where it is unknown whether it was committed.
   */
  readonly single: Query;
  /**
   * All or nothing. `work` runs again after a deadlock, a failed serialization or a lost connection, so it keeps nothing.
   * Throws LostAnswer where it is unknown whether it was committed.
   */
  transaction<Answer>(work: (query: Query) => Promise<Answer>): Promise<Answer>;
  /**
   * A transaction of one statement, which is sent along with its BEGIN and COMMIT. `work` sends it at once, and runs again
   * after a deadlock or a failed serialization. Throws LostAnswer where it is unknown whether it was committed.
   */
  atOnce<Answer>(work: (query: Query) => Promise<Answer>): Promise<Answer>;
  /** Statements within a transaction of the caller's, one after the other. None follows one that failed. */
  within(transaction: CallerTransaction): Query;
  /** Reads of one snapshot, which a statement over its time ends. */
  snapshot<Answer>(work: (query: Query) => Promise<Answer>): Promise<Answer>;
  /** What NOW takes for its parameter: null for the clock of the database. */
  now(): Instant | null;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly schema: string;
  readonly poolSize: number;
  /** How long a statement may go without an answer before its connection is given up; without a bound where absent. */
  readonly longestStatement?: Millis;
  /** For callers with little time: the same bound for connecting too, and no more than one repetition. */
  readonly patience?: Millis;
  readonly now: (() => Instant) | undefined;
}

/**
 * The time of the transaction in milliseconds, as the database's clock has it; a test hands in its own. A sub-select, so
 * that it is worked out once and not for every row.
 */
export const moment = (parameter: string) =>
  `(SELECT coalesce(${parameter}::bigint, floor(extract(epoch FROM now()) * 1000)::bigint))`;

/** A column of a batch, for `unnest`; null where all of it is, which costs nothing to send. */
export function column<T>(values: readonly (T | null)[]): readonly (T | null)[] | null {
  return values.every((value) => value === null) ? null : values;
}

/** The connection broke during a COMMIT: whether it happened is not known. */
export class LostAnswer extends Error {
  override readonly name = "LostAnswer";
}

/** A transaction of the caller's threw: `cause`, which is the caller's to hear. */
export class CallerFailure extends Error {
  override readonly name = "CallerFailure";
}

/** How often work is tried that lost against other transactions or lost its connection. */
const TRIES = 5;
/** The same where a bound is set: a caller with little time retries by itself, with the state of that moment. */
const BOUND_TRIES = 2;
/** Bound of one statement of a snapshot. */
const READ_MILLIS: Millis = 10_000;
const CONNECT_MILLIS: Millis = 10_000;
/** How long a transaction may wait for its next statement. */
const IDLE_MILLIS: Millis = 10_000;

// The isolation is said each time: a database may have another default, and nothing is kept in a session (PgBouncer).
// Whole tables are never worth a look in a verb: hot ones hold few rows and, until the next vacuum, many dead ones, which
// the planner's statistics know nothing of. Where there is no index the walk counts as so dear (before 18) that it would be compiled.
// Nothing is gained from planning a named statement anew for its values: a claim spent as long on that as on its work.
// A process whose network is gone in the middle of a transaction holds the locks of its rows, which a take-over steps over:
// the server ends such a transaction before the lease has.
const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL enable_seqscan = off; SET LOCAL jit = off; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MILLIS}`;
const BEGIN_SNAPSHOT = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = ${READ_MILLIS}`;

/** deadlock_detected and serialization_failure. */
const REPEATABLE = new Set(["40P01", "40001"]);
/** The server ended the session (the beginning of admin_shutdown, crash_shutdown and the like), or takes no writes any more. */
const LEFT = ["57P", "25006"] as const;

const INT8 = 20;

/** What every connection is made with. Whole numbers of 8 bytes are read as numbers: ours stay far below 2^53. */
export function connectionConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    fallback_application_name: "taskwright",
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: CONNECT_MILLIS,
    types: {
      getTypeParser: (id, format) => (id === INT8 ? Number : pg.types.getTypeParser(id, format)),
    },
  };
}

/** Connects when it is first asked, and again whenever a connection was lost. */
export function createDatabase(options: DatabaseOptions): Database {
  const { url, schema, poolSize, patience, now } = options;
  const pool = new pg.Pool({
    ...connectionConfig(url),
    max: poolSize,
    pipeline: true,
    query_timeout: patience ?? options.longestStatement,
    connectionTimeoutMillis: patience ?? CONNECT_MILLIS,
  });
  const most = patience === undefined ? TRIES : BOUND_TRIES;
  /** Connections that broke. Whatever ran on one of them fails by itself, and a new one takes its place. */
  const broken = new WeakSet<object>();
  pool.on("connect", (client) => {
    client.on("error", () => broken.add(client));
  });
  pool.on("error", (_error, client) => {
    broken.add(client);
  });

  const met = new WeakSet<object>();
  /** Connections that end at a process of PostgreSQL. */
  const direct = new WeakSet<object>();
  const texts = new Map<string, string>();
  /** Statements are written for the schema "taskwright". */
  function inSchema(sql: string): string {
    let text = texts.get(sql);
    if (text === undefined) {
      text = sql.replaceAll("taskwright.", `${schema}.`);
      texts.set(sql, text);
    }
    return text;
  }

  /**
   * What fails without an answer of the server leaves the connection in the middle of something. A server that stops says
   * so before it hangs up, and behind the same name there may be another primary by now: those connections go too.
   */
  async function send<Row extends object>(client: pg.PoolClient, statement: string | pg.QueryConfig) {
    try {
      return (await client.query<Row>(statement)).rows;
    } catch (error) {
      const isAnswered = error instanceof pg.DatabaseError;
      if (!isAnswered || LEFT.some((state) => stateOf(error).startsWith(state))) broken.add(client);
      throw error;
    }
  }

  function queryOn(client: pg.PoolClient): Query {
    return <Row extends object>(sql: string, values: readonly unknown[] = [], name?: string) => {
      const statement = { text: inSchema(sql), values: [...values] };
      const isNamed = name !== undefined && direct.has(client);
      return send<Row>(client, isNamed ? { name, ...statement } : statement);
    };
  }

  /** Behind a pooler, the process that answers is not the one that greeted. Asked once per connection. */
  async function meet(client: pg.PoolClient): Promise<void> {
    if (met.has(client)) return;
    const [answering] = await send<{ pid: number }>(client, "SELECT pg_backend_pid() AS pid");
    met.add(client);
    if ("processID" in client && client.processID === answering?.pid) direct.add(client);
  }

  function queryWithin(transaction: CallerTransaction): Query {
    let last: Promise<unknown> = Promise.resolve();
    return <Row extends object>(sql: string, values: readonly unknown[] = []) => {
      const answer = last.then(() => ask<Row>(transaction, inSchema(sql), values));
      last = answer;
      return answer;
    };
  }

  async function runWithin<Answer>(
    begin: string,
    work: (query: Query) => Promise<Answer>,
    client: pg.PoolClient,
  ): Promise<Answer> {
    let isCommitting = false;
    try {
      const [, answer] = await Promise.all([send(client, begin), work(queryOn(client))]);
      isCommitting = true;
      await send(client, "COMMIT");
      return answer;
    } catch (cause) {
      if (!broken.has(client)) await send(client, "ROLLBACK");
      else if (isCommitting && begin === BEGIN) throw new LostAnswer("the connection broke", { cause });
      throw cause;
    }
  }

  /** Where the statement fails, COMMIT undoes what there is. Where only BEGIN did, it was committed by itself. */
  async function runAtOnce<Answer>(
    work: (query: Query) => Promise<Answer>,
    client: pg.PoolClient,
  ): Promise<Answer> {
    const sent = [send(client, BEGIN), work(queryOn(client)), send(client, "COMMIT")] as const;
    const [, answer] = await Promise.allSettled(sent);
    try {
      await Promise.all(sent);
      return await sent[1];
    } catch (cause) {
      const isUndone = answer.status === "rejected" && !broken.has(client);
      throw isUndone ? cause : new LostAnswer("the connection broke", { cause });
    }
  }

  async function runAlone<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (cause) {
      if (cause instanceof pg.DatabaseError) throw cause;
      throw new LostAnswer("the connection broke", { cause });
    }
  }

  async function repeat<Answer>(run: (client: pg.PoolClient) => Promise<Answer>): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const client = await pool.connect();
      try {
        await meet(client);
        return await run(client);
      } catch (error) {
        const isRepeatable = broken.has(client) || REPEATABLE.has(stateOf(error));
        if (error instanceof LostAnswer || !isRepeatable || tries === most) throw error;
      } finally {
        client.release(broken.has(client));
      }
    }
  }

  return {
    query: (sql, values, name) => repeat((client) => queryOn(client)(sql, values, name)),
    single: (sql, values, name) => repeat((client) => runAlone(queryOn(client)(sql, values, name))),
    transaction: (work) => repeat((client) => runWithin(BEGIN, work, client)),
    atOnce: (work) => repeat((client) => runAtOnce(work, client)),
    within: queryWithin,
    snapshot: (work) => repeat((client) => runWithin(BEGIN_SNAPSHOT, work, client)),
    now: () => now?.() ?? null,
    close: () => pool.end(),
  };
}

async function ask<Row extends object>(
  transaction: CallerTransaction,
  sql: string,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  try {
    return (await transaction.query<Row>(sql, [...values])).rows;
  } catch (cause) {
    throw new CallerFailure("the caller's transaction failed", { cause });
  }
}

/** The SQLSTATE that PostgreSQL answered with; empty for whatever else went wrong. */
export function stateOf(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.code ?? "") : "";
}
