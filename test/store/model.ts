// Two stores side by side under one clock: every step is done to both, and they must answer alike. The reference says
// what is right. Fences are opaque, so each hold knows the fence of either side.
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { ManualClock } from "../../src/lib/clock.js";
import type { TaskId } from "../../src/model/id.js";
import type { ClaimedTask, FileId, Hold, NewTask, Report } from "../../src/model/task.js";
import type { PageRequest, Store, TaskFilter } from "../../src/store/store.js";
import { workerState } from "./fixture.js";
import {
  createPlainIds,
  drawFilter,
  drawOutcome,
  drawPatch,
  drawReport,
  drawTask,
  pick,
} from "./model-draw.js";
import type { ReportDraft, Step } from "./model-steps.js";
import { listAll } from "./suite-list.js";

type Side = "reference" | "candidate";

/** One claim, as each side knows it. */
interface PairedHold {
  readonly id: TaskId;
  readonly fence: Readonly<Record<Side, number>>;
}

export interface Model {
  readonly reference: Store;
  readonly candidate: Store;
  /** Every task that was ever submitted, also refused and removed ones. */
  readonly ids: readonly TaskId[];
  /** Does a step to both, and throws where they answer differently. */
  apply(step: Step): Promise<void>;
}

/** Most comparisons succeed, and vitest's own is many times slower than Node's; it explains the ones that fail. */
export function expectEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

export function createModel(reference: Store, candidate: Store, clock: ManualClock): Model {
  const began = clock.now();
  const nextId = createPlainIds(clock.now);
  const ids: TaskId[] = [];
  const submitted: NewTask[] = [];
  const holds: PairedHold[] = [];
  const files: FileId[] = [];
  const lastFence: Record<Side, number> = { reference: 0, candidate: 0 };

  /** Asks both; the answer of the reference, once the other is equal to it. */
  async function both<Answer>(
    ask: (store: Store, side: Side) => Promise<Answer>,
    compare: (answer: Answer) => unknown = (answer) => answer,
  ): Promise<Readonly<Record<Side, Answer>>> {
    const answers = {
      reference: await ask(reference, "reference"),
      candidate: await ask(candidate, "candidate"),
    };
    expectEqual(compare(answers.candidate), compare(answers.reference));
    return answers;
  }

  async function insert(tasks: readonly NewTask[]): Promise<void> {
    await both((store) => store.insert(tasks));
    for (const task of tasks) {
      submitted.push(task);
      if (!ids.includes(task.id)) ids.push(task.id);
    }
  }

  /** Remembers what was claimed. Fences grow on either side, and never come back. */
  function take(claimed: Readonly<Record<Side, readonly ClaimedTask[]>>): void {
    for (const side of ["reference", "candidate"] as const) {
      const fences = claimed[side].map((task) => task.fence);
      expect(new Set(fences).size).toBe(fences.length);
      expect(Math.min(...fences)).toBeGreaterThan(lastFence[side]);
      lastFence[side] = Math.max(lastFence[side], ...fences);
    }
    for (const { id, fence } of claimed.reference) {
      const other = claimed.candidate.find((task) => task.id === id);
      if (other) holds.push({ id, fence: { reference: fence, candidate: other.fence } });
    }
  }

  function reportOf(draft: ReportDraft): Report {
    return drawReport(draft, clock.now(), nextId);
  }

  async function turn({ worker, outcomes, claim }: Extract<Step, { verb: "turn" }>): Promise<void> {
    const drawn = outcomes.flatMap((draft) => {
      const hold = pick(holds, draft.hold);
      const report = draft.report && reportOf(draft.report);
      return hold ? [(side: Side) => drawOutcome(draft, heldBy(hold, side), report)] : [];
    });
    const answers = await both(
      (store, side) => store.turn({ worker, outcomes: drawn.map((make) => make(side)), claim }),
      ({ settled, claimed }) => ({ settled, claimed: claimed.map(withoutFence) }),
    );
    take({ reference: answers.reference.claimed, candidate: answers.candidate.claimed });
  }

  async function sync(drafts: Extract<Step, { verb: "sync" }>["reports"]): Promise<void> {
    const drawn = drafts.flatMap((draft) => {
      const hold = pick(holds, draft.hold);
      return hold ? [{ hold, report: reportOf(draft.report) }] : [];
    });
    await both((store, side) =>
      store.sync(drawn.map(({ hold, report }) => ({ ...heldBy(hold, side), report }))),
    );
  }

  async function die(worker: string, heir: string): Promise<void> {
    await both((store) => store.retire(worker));
    await both((store) => store.beat(workerState(heir)));
    take(
      await both(
        (store) => store.reclaim(heir, 1_000),
        (taken) => taken.map(withoutFence).sort((a, b) => (a.id < b.id ? -1 : 1)),
      ),
    );
  }

  async function list(draft: TaskFilter, page: PageRequest): Promise<void> {
    const filter = drawFilter(draft, began);
    await both(
      (store) => store.list(filter, page),
      ({ tasks, next, total }) => ({
        tasks,
        more: next !== undefined,
        total: total.relation === "exact" ? total : total.relation,
      }),
    );
    await both((store) => listAll(store, filter, page));
  }

  async function upload(complete: boolean): Promise<void> {
    const id = nextId();
    files.push(id);
    await both((store) => store.beginFile(id, "people.csv", "text/csv"));
    if (complete) await both((store) => store.completeFile(id, 5, "ab".repeat(32)));
    await both((store) => store.files(files));
  }

  async function apply(step: Step): Promise<void> {
    switch (step.verb) {
      case "insert":
        return insert(step.drafts.map((draft) => drawTask(nextId(), draft, { began, ids, files })));
      case "insert again": {
        const task = pick(submitted, step.task);
        return task && insert([step.changed ? { ...task, parameters: '{"other":true}' } : task]);
      }
      case "turn":
        return turn(step);
      case "sync":
        return sync(step.reports);
      case "die":
        return die(step.worker, step.heir);
      case "advance":
        return clock.advance(step.by);
      case "upload":
        return upload(step.complete);
      case "list":
        return list(step.filter, step.page);
      case "cancel":
        await both((store) => store.cancel(pickAll(ids, step.tasks), step.reason));
        return;
      case "edit": {
        const id = pick(ids, step.task);
        if (id !== undefined) {
          const patch = drawPatch(step.draft, { began, files });
          await both((store) => store.edit(id, patch));
        }
        return;
      }
      case "beat":
        await both((store) => store.beat(workerState(step.worker)));
        return;
      case "promote":
        await both((store) => store.promote(step.limit));
        return;
      case "remove":
        await both((store) => store.remove(pickAll(ids, step.tasks)));
        return;
      case "expire":
        await both((store) => store.expired(step.finishedFor, 1_000));
        return;
      case "expire files": {
        const ended = await both((store) => store.expireFiles(step.unusedFor, 1_000), sorted);
        if (step.remove) await both((store) => store.removeFiles(ended.reference));
        return;
      }
    }
  }

  return { reference, candidate, ids, apply };
}

function pickAll(ids: readonly TaskId[], agos: readonly number[]): readonly TaskId[] {
  return agos.flatMap((ago) => pick(ids, ago) ?? []);
}

function heldBy({ id, fence }: PairedHold, side: Side): Hold {
  return { id, fence: fence[side] };
}

function withoutFence({ fence: _fence, ...task }: ClaimedTask): Omit<ClaimedTask, "fence"> {
  return task;
}

function sorted(ids: readonly string[]): readonly string[] {
  return [...ids].sort();
}
