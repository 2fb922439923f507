// Checks of the running server over HTTP: is it there, is it ours, does it work?
import { VERSION } from "../../app/version.js";
import { ApiError, type Client, ConnectionError, type WireWorker } from "../../client/index.js";
import type { Clock } from "../../lib/clock.js";
import { formatDuration, type Instant, type Millis } from "../../model/time.js";
import { type Finding, ok, problem, warning } from "./finding.js";

/** A server that answers later than this is as good as away. */
const PATIENCE: Millis = 5_000;
const OLDEST_HEARTBEAT: Millis = 15_000;
const LONGEST_LAG: Millis = 200;
/** The Date header is good to a second, and the way there takes its time. */
const CLOCK_TOLERANCE: Millis = 3_000;

export async function checkServer(client: Client, clock: Clock): Promise<readonly Finding[]> {
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    const { version } = await client.health({ signal });
    const asked = clock.now();
    const serverNow = (await client.serverTime({ signal })) ?? asked;
    const between = asked + (clock.now() - asked) / 2;
    const workers = await client.workers({ signal });
    const { by_lane } = await client.stats({}, { signal });
    return [
      ok("server", `${client.url} answers`),
      checkVersion(version),
      checkClocks(serverNow - between),
      ...checkWorkers(workers, serverNow),
      checkHandlers(workers, by_lane),
    ];
  } catch (error) {
    if (signal.aborted) {
      return [
        problem("server", `${client.url} does not answer within ${formatDuration(PATIENCE)}`, "restart it"),
      ];
    }
    if (error instanceof ConnectionError) {
      return [problem("server", error.message, "taskwright serve, or set TASKWRIGHT_URL")];
    }
    if (!(error instanceof ApiError)) throw error;
    const fix = error.status === 401 ? "set TASKWRIGHT_API_KEY to the server's key" : "see the server's log";
    return [problem("server", error.message, fix)];
  }
}

function checkVersion(version: string): Finding {
  if (version === VERSION) return ok("version", `server and command are ${version}`);
  const message = `the server is ${version}, this command ${VERSION}`;
  return warning("version", message, "install the same version for both");
}

function checkClocks(difference: Millis): Finding {
  const size = Math.abs(difference);
  if (size <= CLOCK_TOLERANCE) return ok("clock", "agrees with the server's");
  const message = `the server's clock is ${formatDuration(size)} ${difference > 0 ? "ahead" : "behind"}`;
  return warning("clock", message, "set both clocks by NTP: dates given here mean another time there");
}

function checkWorkers(workers: readonly WireWorker[], now: Instant): readonly Finding[] {
  if (workers.length === 0) {
    return [warning("worker", "there is none, and no task will run", "start the server without --no-worker")];
  }
  return workers.flatMap((worker) => {
    const name = `process ${worker.pid} on ${worker.host}`;
    const age = now - Date.parse(worker.heartbeat_at);
    const lag = worker.event_loop_lag_ms;
    return [
      age > OLDEST_HEARTBEAT
        ? problem(
            "worker",
            `${name} gave its last sign ${formatDuration(age)} ago`,
            "look at its log, restart it",
          )
        : ok("worker", `${name} is alive: ${worker.running} of ${worker.slots} slots in use`),
      lag > LONGEST_LAG
        ? warning(
            "event loop",
            `${name} was blocked for ${formatDuration(lag)}`,
            "a handler computes without pause: give its type a thread",
          )
        : ok("event loop", `at most ${formatDuration(lag)} late`),
    ];
  });
}

function checkHandlers(
  workers: readonly WireWorker[],
  lanes: readonly { readonly task_type: string; readonly counts: { readonly PENDING: number } }[],
): Finding {
  const known = new Set(workers.flatMap((worker) => worker.task_types));
  const waiting = lanes.filter(({ task_type, counts }) => counts.PENDING > 0 && !known.has(task_type));
  if (waiting.length === 0) return ok("task types", "every waiting task has a worker that knows its type");
  const types = [...new Set(waiting.map(({ task_type }) => task_type))].join(", ");
  const count = waiting.reduce((sum, { counts }) => sum + counts.PENDING, 0);
  const message = `${count} tasks wait, and no worker knows their type: ${types}`;
  return warning("task types", message, "add the type to taskwright.config.ts, or cancel the tasks");
}
