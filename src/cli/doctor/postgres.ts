// Checks of a PostgreSQL server and of our schema in it. Changes nothing.
import { storeName } from "../../config/store-url.js";
import type { Clock } from "../../lib/clock.js";
import { formatDuration, type Millis } from "../../model/time.js";
import { type Diagnosis, diagnose, SCHEMA_VERSION } from "../../store/postgres/diagnosis.js";
import { StoreError } from "../../store/store.js";
import { formatBytes } from "../bytes.js";
import { type Finding, ok, problem, warning } from "./finding.js";

/** Several round trips are part of every submit and every turn of a worker. */
const SLOW: Millis = 20;
const CLOCK_TOLERANCE: Millis = 3_000;
const LONG_TRANSACTION: Millis = 5 * 60_000;
/** Connections of a process beside its pool: two that beat, one that listens, four for files in the database. */
const BESIDE_POOL = 7;

export async function checkPostgres(
  place: { readonly store: string; readonly schema: string; readonly pool: number },
  clock: Clock,
): Promise<readonly Finding[]> {
  const { store, schema, pool } = place;
  try {
    const found = await diagnose({ url: store, schema }, clock);
    return [
      checkAnswer(storeName(store), found),
      checkClock(found.clockAhead),
      ...checkDurability(found),
      checkConnections(found, pool),
      checkPooler(found),
      checkVacuum(found),
      checkTransactions(found),
      ...checkSchema(found, schema),
    ];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return [problem("store", `${storeName(store)}: ${error.message}`, "see the message")];
  }
}

function checkAnswer(name: string, { serverVersion, roundTrip, isReadOnly }: Diagnosis): Finding {
  const answer = `${name} answers in ${roundTrip.toFixed(1)} ms (PostgreSQL ${serverVersion})`;
  if (isReadOnly) return problem("store", `${answer}, and takes no writes`, "name the primary server");
  if (roundTrip <= SLOW) return ok("store", answer);
  return warning("store", `${answer}, which is slow`, "run servers and workers near the database");
}

function checkClock(ahead: Millis): Finding {
  if (Math.abs(ahead) <= CLOCK_TOLERANCE) return ok("database clock", "agrees with this machine's");
  const message = `is ${formatDuration(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} this machine's`;
  return warning("database clock", message, "set both by NTP; dates of tasks are the database's");
}

function checkDurability({ synchronousCommit, fsync, fullPageWrites }: Diagnosis): readonly Finding[] {
  const check = "durability";
  const findings: Finding[] = [];
  if (!fsync) {
    findings.push(
      problem(check, "fsync is off: a power cut may destroy the database", "set fsync = on and restart it"),
    );
  }
  if (!fullPageWrites) {
    findings.push(
      problem(
        check,
        "full_page_writes is off: a power cut may destroy the database",
        "set full_page_writes = on",
      ),
    );
  }
  if (synchronousCommit === "off") {
    findings.push(
      warning(
        check,
        "synchronous_commit is off: what was acknowledged in the last moments may be lost in a crash",
        "set synchronous_commit = on",
      ),
    );
  }
  return findings.length > 0
    ? findings
    : [ok(check, `fsync on, full_page_writes on, synchronous_commit ${synchronousCommit}`)];
}

function checkConnections({ connections: { most, open } }: Diagnosis, pool: number): Finding {
  const each = pool + BESIDE_POOL;
  const fits = Math.floor(most / each);
  const message = `${open} of ${most} in use; a server or worker takes up to ${each}, so ${fits} fit`;
  if (fits > 1 && open + each <= most) return ok("connections", message);
  return warning("connections", message, "raise max_connections, or make pools smaller: --pool");
}

function checkPooler({ pooler }: Diagnosis): Finding {
  if (pooler === "none") return ok("pooler", "none in between; LISTEN works");
  if (pooler === "session") return ok("pooler", "one in session mode in between; LISTEN works");
  return warning(
    "pooler",
    "one in transaction mode in between: LISTEN does not work, and idle workers find new tasks by looking, within 1 s",
    "connect past the pooler, or let it run in session mode, where that is too slow",
  );
}

function checkVacuum({ autovacuum }: Diagnosis): Finding {
  if (autovacuum) return ok("autovacuum", "on");
  return problem("autovacuum", "off: the tables only grow, and claims get slower", "set autovacuum = on");
}

function checkTransactions({ oldestTransaction }: Diagnosis): Finding {
  const check = "open transactions";
  if (oldestTransaction === undefined) return ok(check, "none that this role can see");
  const message = `the oldest began ${formatDuration(oldestTransaction)} ago`;
  if (oldestTransaction < LONG_TRANSACTION) return ok(check, message);
  return warning(
    check,
    `${message}, and vacuum removes nothing that is younger`,
    "end it: see pg_stat_activity (xact_start) and pg_prepared_xacts",
  );
}

function checkSchema(found: Diagnosis, schema: string): readonly Finding[] {
  const { schemaVersion, missingRights, tables, abandoned } = found;
  if (schemaVersion === 0) {
    return [ok("schema", `${schema} is not there yet; taskwright migrate makes it, or the first start`)];
  }
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  const [largest] = tables;
  const most = largest ? `, most of it in ${largest.name} (${formatBytes(largest.bytes)})` : "";
  return [
    schemaVersion === SCHEMA_VERSION
      ? ok("schema", `${schema}, version ${schemaVersion}`)
      : warning(
          "schema",
          `${schema} has version ${schemaVersion}, and this program works with ${SCHEMA_VERSION}`,
          "taskwright migrate",
        ),
    missingRights.length === 0
      ? ok("rights", "enough to run tasks")
      : problem(
          "rights",
          `this role lacks ${missingRights.join(", ")}`,
          "taskwright migrate --grant ROLE prints what to grant",
        ),
    ok("size", `${formatBytes(bytes)}${most}`),
    abandoned === 0
      ? ok("dead workers", "none holds a task")
      : warning(
          "dead workers",
          `${abandoned} tasks are held by workers that died`,
          "start a worker: it takes them over",
        ),
  ];
}
