// Checks of the running server over HTTP: does it respond, is the version right, do its workers run?
import { VERSION } from "../../app/version.js";
import { ApiError, type Client, ConnectionError, type WireWorker } from "../../client/index.js";
import type { Clock } from "../../lib/clock.js";
import { formatDuration, type Instant, type Millis } from "../../model/time.js";
import { type Finding, ok, problem, warning } from "./finding.js";

/** A server that takes longer to respond counts as unavailable. */
const TIMEOUT: Millis = 5_000;
const OLDEST_HEARTBEAT: Millis = 15_000;
const LONGEST_LAG: Millis = 200;
/** The Date header has a resolution of one second, plus network latency. */
const CLOCK_TOLERANCE: Millis = 3_000;

export async function checkServer(client: Client, clock: Clock): Promise<readonly Finding[]> {
  const signal = AbortSignal.timeout(TIMEOUT);
  try {
    const { version } = await client.health({ signal });
    const asked = clock.now();
    const serverNow = (await client.serverTime({ signal })) ?? asked;
    const between = asked + (clock.now() - asked) / 2;
    const workers = await client.workers({ signal });
    const { by_lane } = await client.stats({}, { signal });
    return [
      ok("server", `${client.url} responds`),
      checkVersion(version),
      checkClocks(serverNow - between),
      ...checkWorkers(workers, serverNow),
      checkHandlers(workers, by_lane),
    ];
  } catch (error) {
    if (signal.aborted) {
      return [
        problem("server", `${client.url} does not respond within ${formatDuration(TIMEOUT)}`, "restart it"),
      ];
    }
    if (error instanceof ConnectionError) {
      return [problem("server", error.message, "start it with taskwright serve, or set TASKWRIGHT_URL")];
    }
    if (!(error instanceof ApiError)) throw error;
    const fix =
      error.status === 401 ? "set TASKWRIGHT_API_KEY to the server's key" : "check the server's log";
    return [problem("server", error.message, fix)];
  }
}

function checkVersion(version: string): Finding {
  if (version === VERSION) return ok("version", `server and command line are both ${version}`);
  const message = `the server is ${version}, the command line ${VERSION}`;
  return warning("version", message, "install the same version for both");
}

function checkClocks(difference: Millis): Finding {
  const size = Math.abs(difference);
  if (size <= CLOCK_TOLERANCE) return ok("clock", "matches the server's clock");
  const message = `the server's clock is ${formatDuration(size)} ${difference > 0 ? "ahead" : "behind"}`;
  return warning(
    "clock",
    message,
    "synchronise both clocks with NTP; dates given here mean a different time on the server",
  );
}

function checkWorkers(workers: readonly WireWorker[], now: Instant): readonly Finding[] {
  if (workers.length === 0) {
    return [
      warning(
        "worker",
        "no worker is running, so no task will run",
        "start the server without --no-worker, or start a worker",
      ),
    ];
  }
  return workers.flatMap((worker) => {
    const name = `process ${worker.pid} on ${worker.host}`;
    const age = now - Date.parse(worker.heartbeat_at);
    const lag = worker.event_loop_lag_ms;
    return [
      age > OLDEST_HEARTBEAT
        ? problem(
            "worker",
            `last heartbeat of ${name} was ${formatDuration(age)} ago`,
            "check its log and restart it",
          )
        : ok("worker", `${name} is running: ${worker.running} of ${worker.slots} slots in use`),
      lag > LONGEST_LAG
        ? warning(
            "event loop",
            `${name} was blocked for ${formatDuration(lag)}`,
            "a handler computes without yielding: run its task type in a thread",
          )
        : ok("event loop", `delayed by at most ${formatDuration(lag)}`),
    ];
  });
}

function checkHandlers(
  workers: readonly WireWorker[],
  lanes: readonly { readonly task_type: string; readonly counts: { readonly PENDING: number } }[],
): Finding {
  const known = new Set(workers.flatMap((worker) => worker.task_types));
  const waiting = lanes.filter(({ task_type, counts }) => counts.PENDING > 0 && !known.has(task_type));
  if (waiting.length === 0) return ok("task types", "every waiting task has a worker that handles its type");
  const types = [...new Set(waiting.map(({ task_type }) => task_type))].join(", ");
  const count = waiting.reduce((sum, { counts }) => sum + counts.PENDING, 0);
  const message = `${count} waiting tasks have a type that no worker handles: ${types}`;
  return warning("task types", message, "add the task type to taskwright.config.ts, or cancel the tasks");
}
