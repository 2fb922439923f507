// What a worker lives on: turn, beat, retire, sync, reclaim, promote. Claim and settle have files of their own.
import type { TaskId } from "../../model/id.js";
import type { Json } from "../../model/json.js";
import type { ClaimedTask, Report, WorkerId } from "../../model/task.js";
import type { Instant, Millis } from "../../model/time.js";
import { due, progressed } from "../changes.js";
import { rankSql } from "../rank.js";
import type { ClaimRequest, TurnAnswer, TurnRequest, WorkerState, WorkStore } from "../store.js";
import { damagedTask, type RunningRow, writeList } from "../task-row.js";
import { createClaim, PAYLOAD_COLUMNS, type PayloadRow, toClaimed } from "./claim.js";
import { createDeadlines } from "./deadlines.js";
import { CARRY, type CarryRow, type Ending } from "./ending.js";
import type { Placement } from "./placement.js";
import { createReports } from "./reports.js";
import { ADD_ATTEMPT, createSettle, RUNNING } from "./settle.js";
import type { Transactions, Writer } from "./transaction.js";

const BEAT = `
INSERT INTO worker (id, heartbeat_at, state) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at, state = excluded.state`;

const RETIRE = "DELETE FROM worker WHERE id = ?";

// One process holds the database, so workers that are listed when it opens died with the boot before.
const FORGET_WORKERS = "DELETE FROM worker";

const SHOW = "UPDATE running SET progress = ?, progress_message = ?, stages = ? WHERE id = ?";

// Looks at what runs, which the slots of this one process bound; and only after a worker was lost.
const WORKERS_OF_RUNNING = "SELECT DISTINCT worker FROM running";
const LOST = `
SELECT id FROM running WHERE worker NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?`;

// A look at all that runs; once in a while.
const FORGOTTEN = `
SELECT id FROM running WHERE worker = ? AND fence NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?`;

const TAKE_OVER = "UPDATE running SET fence = ?, worker = ?, crashes = ? WHERE id = ?";

const PAYLOAD = `SELECT t.id, ${rankSql("t.priority")}, 0, ${PAYLOAD_COLUMNS} FROM task t WHERE t.id = ?`;

type WorkVerbs = {
  readonly [Verb in keyof WorkStore]: (
    ...args: Parameters<WorkStore[Verb]>
  ) => Awaited<ReturnType<WorkStore[Verb]>>;
};

export function createWork(
  writer: Writer,
  transactions: Transactions,
  placement: Placement,
  ending: Ending,
): WorkVerbs {
  const { database, clock, fences, lanes, runningCache, rowBuffer, events } = writer;
  const deadlines = createDeadlines(writer, placement, ending);
  const claim = createClaim(writer, deadlines);
  const settle = createSettle(writer, placement, ending);
  const reports = createReports(writer);
  const saveBeat = database.prepare(BEAT);
  const removeWorker = database.prepare<[string]>(RETIRE);
  const selectRunning = database.prepare<[string], RunningRow>(RUNNING);
  const show = database.prepare(SHOW);
  const selectLost = database.prepare<[string, number], TaskId>(LOST).pluck();
  const selectForgotten = database.prepare<[string, string, number], TaskId>(FORGOTTEN).pluck();
  const takeOver = database.prepare(TAKE_OVER);
  const addAttempt = database.prepare(ADD_ATTEMPT);
  const selectPayload = database.prepare<[string], PayloadRow>(PAYLOAD).raw();
  const selectCarry = database.prepare<[string], CarryRow>(CARRY);

  database.exec(FORGET_WORKERS);
  /** Workers that have beaten since the store was opened, and were not retired. */
  const alive = new Set<WorkerId>();
  /** Workers that may hold tasks and are not alive; empty means that there is nothing to look for. */
  const lost = new Set<WorkerId>(database.prepare<[], WorkerId>(WORKERS_OF_RUNNING).pluck().all());

  /** When a task is due next, or its deadline passes. */
  function nextMoment(): Instant | undefined {
    const moments = [placement.nextDue(), deadlines.next()].filter((at) => at !== undefined);
    return moments.length === 0 ? undefined : Math.min(...moments);
  }

  function turn({ worker, outcomes, claim: wanted }: TurnRequest): TurnAnswer {
    if (outcomes.length === 0 && wanted && !wanted.held && lanes.served(wanted).length === 0)
      return { settled: [], claimed: [] };
    if (!alive.has(worker)) lost.add(worker);
    fences.provide(wanted?.limit ?? 0, clock.now());
    const run = outcomes.length > 0 ? transactions.run : transactions.runUnsynced;
    return run((now) => ({
      settled: outcomes.map((outcome) => settle(outcome, now)),
      claimed: wanted ? claimOrFind(worker, wanted, now) : [],
    }));
  }

  /** What was handed to the worker and never reached it comes first. */
  function claimOrFind(worker: WorkerId, wanted: ClaimRequest, now: Instant): readonly ClaimedTask[] {
    if (!wanted.held) return claim(worker, wanted, now);
    rowBuffer.flush();
    const found = selectForgotten
      .all(worker, JSON.stringify(wanted.held), Math.max(0, wanted.limit))
      .map((id) => {
        const running = selectRunning.get(id);
        const payload = selectPayload.get(id);
        if (!running || !payload) throw damagedTask(id);
        return toClaimed(payload, running, selectCarry.get(id)?.checkpoint);
      });
    const rest = claim(worker, { ...wanted, limit: wanted.limit - found.length }, now);
    return [...found, ...rest];
  }

  function takeOverOne(worker: WorkerId, id: TaskId, now: Instant): ClaimedTask {
    const lostRow = selectRunning.get(id);
    const payload = selectPayload.get(id);
    if (!lostRow || !payload) throw damagedTask(id);
    const { attempt, startedAt, stages } = lostRow;
    addAttempt.run(id, id, attempt, lostRow.worker, startedAt, now, "crashed", null, stages);
    const running: RunningRow = { ...lostRow, fence: fences.next(), worker, crashes: lostRow.crashes + 1 };
    runningCache.delete(id);
    takeOver.run(running.fence, worker, running.crashes, id);
    return toClaimed(payload, running, selectCarry.get(id)?.checkpoint);
  }

  function saidSomething(
    id: TaskId,
    running: RunningRow,
    report: Parameters<typeof reports.store>[2],
    now: Instant,
  ): void {
    const { progress, progressMessage, stages } = report;
    if (progress === undefined && progressMessage === undefined && stages === undefined) return;
    show.run(
      progress ?? running.progress,
      progressMessage ?? running.progressMessage,
      stages ? writeList(stages) : running.stages,
      id,
    );
    if (!events.listening) return;
    const change = progressed({ id, queue: running.queue, taskType: running.taskType }, report, now);
    if (change) events.note(change);
  }

  return {
    turn,

    beat(state: WorkerState) {
      const now = clock.now();
      transactions.runUnsynced(() => saveBeat.run(state.id, now, writeState(state)));
      alive.add(state.id);
      lost.delete(state.id);
    },

    retire(worker) {
      transactions.runUnsynced(() => removeWorker.run(worker));
      alive.delete(worker);
      lost.add(worker);
    },

    sync(holds) {
      if (holds.length === 0) return [];
      const run = holds.some(({ report }) => isAwaited(report)) ? transactions.run : transactions.runUnsynced;
      return run((now) =>
        holds.map(({ id, fence, report }) => {
          const running = selectRunning.get(id);
          if (running?.fence !== fence) return "stale";
          runningCache.delete(id);
          reports.store(id, running, report, now);
          saidSomething(id, running, report, now);
          return running.cancelRequestedAt === null ? "held" : "cancel";
        }),
      );
    },

    reclaim(worker, limit, gone = []) {
      for (const id of gone) {
        removeWorker.run(id);
        alive.delete(id);
        lost.add(id);
      }
      if (lost.size === 0) return [];
      if (!alive.has(worker)) lost.add(worker);
      fences.provide(limit, clock.now());
      const claimed = transactions.run((now) =>
        selectLost.all(JSON.stringify([...alive]), limit).map((id) => takeOverOne(worker, id, now)),
      );
      if (claimed.length < limit && alive.has(worker)) lost.clear();
      return claimed;
    },

    promote(limit): { readonly count: number; readonly nextIn?: Millis } {
      const now = clock.now();
      const first = nextMoment();
      if (first === undefined) return { count: 0 };
      if (first > now) return { count: 0, nextIn: first - now };
      // What a power cut undoes is due, or late, once more.
      const count = transactions.runUnsynced((at) => {
        const expired = deadlines.expire(at, limit);
        const promoted = placement.promote(at, limit);
        if (events.listening) for (const task of promoted) events.note(due(task, at));
        return expired + promoted.length;
      });
      const next = nextMoment();
      return { count, nextIn: next === undefined ? undefined : Math.max(0, next - now) };
    },
  };
}

/** Its handler goes on once it is stored. Progress and log lines are written along, and never waited for. */
function isAwaited({ checkpoint, artifacts = [] }: Report): boolean {
  return checkpoint !== undefined || artifacts.length > 0;
}

function writeState(state: WorkerState): Json {
  return JSON.stringify(state);
}
