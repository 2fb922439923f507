// One run from start to verdict: starts the system, lets callers and faults loose on it, waits until nothing is left to
// do, and checks what it saw.
import { setMaxListeners } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { type Clock, pause } from "../src/lib/clock.js";
import type { Millis } from "../src/model/time.js";
import { type Auditor, createAuditor } from "./audit.js";
import { verdict } from "./checks/verdict.js";
import { conclude, shortfalls } from "./conclusion.js";
import { FAULTS } from "./faults/all.js";
import { findFakeTime } from "./faults/clock-skew.js";
import type { World } from "./faults/fault.js";
import { type Fleet, startFleet } from "./fleet.js";
import type { History, Lane } from "./history.js";
import { type Caller, createCaller, readLanes } from "./http.js";
import { createLoad } from "./load.js";
import { chooseFaults, createNemesis, type Nemesis } from "./nemesis.js";
import { createProject, type Project } from "./project.js";
import { createRandom } from "./random.js";
import { createRecorder, type Recorder } from "./recorder.js";
import { type Outcome, progressLine } from "./report.js";
import { readRuns } from "./runs.js";
import { openTarget, type Target } from "./target.js";

export interface TortureOptions {
  /** How long callers call. Then everything is repaired, and what is left is finished. */
  readonly length: Millis;
  /** A SQLite file or a PostgreSQL URL; without one a PostgreSQL of its own. A SQLite path must not exist yet. */
  readonly store?: string;
  /** The same seed makes the same choices. */
  readonly seed: number;
  /** Names of faults. Default: all that fit. */
  readonly faults?: readonly string[];
  readonly servers: number;
  /** Workers of their own; on SQLite the server is the worker. */
  readonly workers: number;
  /** Tasks submitted per second. */
  readonly rate: number;
  /** Mean time from one fault to the next. */
  readonly every: Millis;
  /**
   * With nothing finished for so long, what is left counts as stuck. Default a minute: longer than a lease, a take-over
   * and the longest task.
   */
  readonly stuck?: Millis;
  readonly clock: Clock;
  /** Leave database and records where they are, also where no promise was broken. */
  readonly keep?: boolean;
  /** Hears a line now and then. */
  readonly say: (line: string) => void;
  /** Ends the calls early. */
  readonly stop?: AbortSignal;
}

const DRAIN: Millis = 3_000;
/** What a server gives requests that are still being answered, such as by a database that has gone silent. */
const LAST_REQUESTS: Millis = 10_000;
/** SIGTERM to the end: drain and the longest grace of our task types, or the last requests; and two seconds. */
const STOP_WITHIN: Millis = Math.max(DRAIN + 1_000, LAST_REQUESTS) + 2_000;
const SAY_EVERY: Millis = 5_000;
/** After the last fault, callers that still have no answer get it within this time. */
const LAST_ANSWERS: Millis = 30_000;
const STUCK: Millis = 60_000;

/** Everything that a run holds, for as long as it lasts. */
interface Stage {
  readonly options: TortureOptions;
  readonly target: Target;
  readonly project: Project;
  readonly fleet: Fleet;
  readonly auditor: Auditor;
  readonly recorder: Recorder;
}

/** Throws where the system can't be started. What was broken is in the outcome, and nothing is left running. */
export async function torture(options: TortureOptions): Promise<Outcome> {
  const { clock, seed, say } = options;
  const project = createProject();
  const target = await openTarget(options.store, seed, project.folder);
  try {
    const fleet = await startFleet({
      clock,
      project,
      store: target.store,
      ...(target.schema !== undefined && { schema: target.schema }),
      sessionName: target.sessionName,
      servers: target.postgres ? options.servers : 1,
      workers: target.postgres ? options.workers : 0,
      drain: `${DRAIN}ms`,
    });
    const auditor = createAuditor(clock, target.inspector);
    const recorder = createRecorder(path.join(project.folder, "calls.ndjson"));
    const outcome = await play({ options, target, project, fleet, auditor, recorder });
    const keep = options.keep === true || conclude(outcome) === "BROKEN";
    await target.close(keep);
    if (keep) writeHistory(project.folder, outcome.history);
    if (!keep) project.remove();
    else say(`The responses to callers and the log of handlers are stored in ${project.folder}`);
    return outcome;
  } catch (error) {
    await target.close(true);
    throw error;
  }
}

/** What became of processes and tasks, and what was done to them, beside the records of callers and handlers. */
function writeHistory(folder: string, { lives, disturbances, tasks }: History): void {
  const write = (name: string, lines: readonly object[]) =>
    writeFileSync(path.join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  write(
    "processes.ndjson",
    [...lives, ...disturbances].toSorted((a, b) => a.from - b.from),
  );
  write("tasks.ndjson", tasks);
}

async function play(stage: Stage): Promise<Outcome> {
  const { options, target, fleet, auditor, recorder } = stage;
  const { clock, seed, say } = options;
  const random = createRandom(seed);
  const over = new AbortController();
  const auditing = new AbortController();
  // All callers and faults are notified of the end.
  setMaxListeners(0, over.signal);
  const caller = createCaller(clock, random.named("callers"), fleet.urls);
  const load = createLoad({
    clock,
    random: random.named("load"),
    caller,
    recorder,
    rate: options.rate,
    unfinished: () => auditor.counts.waiting + auditor.counts.running,
  });
  const fakeTime = findFakeTime();
  const { postgres, own } = target;
  const world: World = {
    clock,
    fleet,
    load,
    over: over.signal,
    ...(postgres && { postgres }),
    ...(own && { own }),
    ...(fakeTime !== undefined && { fakeTime }),
  };
  const { faults, skipped } = chooseFaults(FAULTS, world, options.faults);
  let news: string[] = [];
  const nemesis = createNemesis({
    world,
    random: random.named("nemesis"),
    faults,
    every: options.every,
    onFault: (fault, member) => {
      news.push(member === undefined ? fault : `${fault} on ${member}`);
    },
    onTrouble: (fault, error) => say(`${fault} did not go as planned: ${String(error)}`),
  });

  const background: Promise<void>[] = [];
  try {
    await fleet.up();
    const begun = clock.monotonic();
    const tell = () => {
      const { acknowledged } = recorder;
      const elapsed = clock.monotonic() - begun;
      const count = nemesis.disturbances().length;
      say(progressLine({ elapsed, acknowledged, ...auditor.counts, faults: count, news }));
      news = [];
    };
    background.push(auditor.run(auditing.signal), narrate(clock, tell, auditing.signal));
    const deadlocksBefore = await postgres?.deadlocks();

    const breaking = nemesis.run();
    const calling = load.run(over.signal);
    await pause(clock, options.length, options.stop);
    const callTime = clock.monotonic() - begun;
    over.abort();
    await breaking;
    await fleet.up();
    caller.giveUpIn(LAST_ANSWERS);
    await calling;
    const loadTime = clock.monotonic() - begun;
    const drainTime = await drain(clock, target, options.stuck ?? STUCK);
    const stats = await readStats(caller);
    const deadlocks = await postgres?.deadlocks();
    auditing.abort();
    await fleet.close();

    const history = { ...(await collect(stage, nemesis)), ...(stats && { stats }) };
    return {
      seed,
      store: target.name,
      history,
      violations: verdict(history),
      shortfalls: shortfalls({
        acknowledged: recorder.acknowledged,
        rate: options.rate,
        callTime,
        faults: { possible: faults.length, injected: history.disturbances.length },
        attempts: history.runs.length,
        audits: auditor.times,
      }),
      skipped,
      loadTime,
      drainTime,
      audits: auditor.times,
      ...(deadlocks !== undefined && { deadlocks: deadlocks - (deadlocksBefore ?? 0) }),
    };
  } finally {
    over.abort();
    auditing.abort();
    await fleet.close();
    await Promise.all(background);
  }
}

async function narrate(clock: Clock, tell: () => void, stop: AbortSignal): Promise<void> {
  for (;;) {
    await pause(clock, SAY_EVERY, stop);
    if (stop.aborted) return;
    tell();
  }
}

/** Waits until every task is done, or no more of them are; answers how long. */
async function drain(clock: Clock, { inspector }: Target, stuck: Millis): Promise<Millis> {
  const begun = clock.monotonic();
  let before = -1;
  let changedAt = begun;
  while (clock.monotonic() - changedAt < stuck) {
    const { waiting, running, finished } = await inspector.counts();
    if (waiting + running === 0) break;
    if (finished !== before) changedAt = clock.monotonic();
    before = finished;
    await pause(clock, 250);
  }
  return clock.monotonic() - begun;
}

/** Asked through the API, as people see them. */
async function readStats(caller: Caller): Promise<readonly Lane[] | undefined> {
  caller.giveUpIn(LAST_ANSWERS);
  const answer = await caller.ask({ method: "GET", path: "/api/stats" });
  if (answer.phase !== "answered" || answer.status !== 200) return undefined;
  return readLanes(answer.body.by_lane);
}

async function collect(
  { target, project, fleet, auditor, recorder }: Stage,
  nemesis: Nemesis,
): Promise<History> {
  const { inspector } = target;
  return {
    calls: recorder.calls,
    runs: readRuns(project.folder),
    lives: fleet.lives(),
    disturbances: nemesis.disturbances(),
    tasks: await inspector.tasks(),
    misplaced: [...auditor.misplaced, ...(await inspector.misplaced())],
    totals: await inspector.totals(),
    stopWithin: STOP_WITHIN,
  };
}
