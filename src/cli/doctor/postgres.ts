// Checks of a PostgreSQL server and of our schema in it. Read-only.
import { storeName } from "../../config/store-url.js";
import type { Clock } from "../../lib/clock.js";
import { formatDuration, type Millis } from "../../model/time.js";
import { type Diagnosis, diagnose, SCHEMA_VERSION } from "../../store/postgres/diagnosis.js";
import { StoreError } from "../../store/store.js";
import { formatBytes } from "../bytes.js";
import { type Finding, ok, problem, warning } from "./finding.js";

/** Every submit and every worker turn needs several round trips. */
const SLOW: Millis = 20;
const CLOCK_TOLERANCE: Millis = 3_000;
const LONG_TRANSACTION: Millis = 5 * 60_000;
/** Connections of a process in addition to its pool: two for heartbeats, one for LISTEN, four for files in the database. */
const OUTSIDE_POOL = 7;

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
  const answer = `${name} responds in ${roundTrip.toFixed(1)} ms (PostgreSQL ${serverVersion})`;
  if (isReadOnly) return problem("store", `${answer}, but is read-only`, "connect to the primary server");
  if (roundTrip <= SLOW) return ok("store", answer);
  return warning("store", `${answer}, which is slow`, "run servers and workers closer to the database");
}

function checkClock(ahead: Millis): Finding {
  if (Math.abs(ahead) <= CLOCK_TOLERANCE) return ok("database clock", "matches this machine's clock");
  const message = `${formatDuration(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} this machine's clock`;
  return warning("database clock", message, "synchronise both with NTP; task dates use the database's clock");
}

function checkDurability({ synchronousCommit, fsync, fullPageWrites }: Diagnosis): readonly Finding[] {
  const check = "durability";
  const findings: Finding[] = [];
  if (!fsync) {
    findings.push(
      problem(
        check,
        "fsync is off: a power cut may destroy the database",
        "set fsync = on and restart PostgreSQL",
      ),
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
        "synchronous_commit is off: a crash may lose the most recently acknowledged tasks",
        "set synchronous_commit = on",
      ),
    );
  }
  return findings.length > 0
    ? findings
    : [ok(check, `fsync on, full_page_writes on, synchronous_commit ${synchronousCommit}`)];
}

function checkConnections({ connections: { most, open } }: Diagnosis, pool: number): Finding {
  const each = pool + OUTSIDE_POOL;
  const fits = Math.floor(most / each);
  const message = `${open} of ${most} in use; each server or worker uses up to ${each}, so the limit allows ${fits}`;
  if (fits > 1 && open + each <= most) return ok("connections", message);
  return warning("connections", message, "raise max_connections, or reduce --pool");
}

function checkPooler({ pooler }: Diagnosis): Finding {
  if (pooler === "none") return ok("pooler", "none; LISTEN works");
  if (pooler === "session") return ok("pooler", "session mode; LISTEN works");
  return warning(
    "pooler",
    "transaction mode: LISTEN does not work, so idle workers find new tasks by polling, within 1 s",
    "if that is too slow, connect directly or use session mode",
  );
}

function checkVacuum({ autovacuum }: Diagnosis): Finding {
  if (autovacuum) return ok("autovacuum", "on");
  return problem("autovacuum", "off: tables keep growing and claims get slower", "set autovacuum = on");
}

function checkTransactions({ oldestTransaction }: Diagnosis): Finding {
  const check = "open transactions";
  if (oldestTransaction === undefined) return ok(check, "none visible to this role");
  const message = `the oldest started ${formatDuration(oldestTransaction)} ago`;
  if (oldestTransaction < LONG_TRANSACTION) return ok(check, message);
  return warning(
    check,
    `${message}; vacuum cannot remove newer dead rows`,
    "end it: see pg_stat_activity (xact_start) and pg_prepared_xacts",
  );
}

function checkSchema(found: Diagnosis, schema: string): readonly Finding[] {
  const { schemaVersion, missingRights, tables, abandoned } = found;
  if (schemaVersion === 0) {
    return [ok("schema", `${schema} does not exist yet; taskwright migrate or the first start creates it`)];
  }
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  const [largest] = tables;
  const most = largest ? `, most of it in ${largest.name} (${formatBytes(largest.bytes)})` : "";
  return [
    schemaVersion === SCHEMA_VERSION
      ? ok("schema", `${schema}, version ${schemaVersion}`)
      : warning(
          "schema",
          `${schema} has version ${schemaVersion}, but this program requires ${SCHEMA_VERSION}`,
          "taskwright migrate",
        ),
    missingRights.length === 0
      ? ok("privileges", "sufficient to run tasks")
      : problem(
          "privileges",
          `this role lacks ${missingRights.join(", ")}`,
          "run the output of taskwright migrate --grant ROLE",
        ),
    ok("size", `${formatBytes(bytes)}${most}`),
    abandoned === 0
      ? ok("dead workers", "none holds tasks")
      : warning(
          "dead workers",
          `${abandoned} tasks are held by dead workers`,
          "start a worker; it takes them over",
        ),
  ];
}
