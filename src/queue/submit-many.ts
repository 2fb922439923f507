// Submits a batch: an outcome per position; what is valid is stored in one transaction, or with `atomic` all or nothing.
import { allOf, type Eventual } from "../lib/eventual.js";
import { TaskwrightError } from "../model/errors.js";
import type { InsertAnswer } from "../store/store.js";
import { type PreparedTask, prepare, type RequestContext } from "./check-request.js";
import type { InsertBatcher } from "./insert-batcher.js";
import type { Queue, SubmitOutcome, SubmitRequest, Submitted } from "./queue.js";
import { withheld } from "./refusals.js";
import { isOneRejected } from "./store-errors.js";

interface SubmitManyOptions {
  readonly batcher: InsertBatcher;
  readonly contextNow: () => RequestContext;
  readonly toSubmitted: (prepared: PreparedTask, answer: InsertAnswer) => Eventual<Submitted>;
}

/** One task of a batch: ready to be stored, or refused. */
type Candidate =
  | { readonly ok: true; readonly prepared: PreparedTask }
  | Extract<SubmitOutcome, { readonly ok: false }>;

export function createSubmitMany({
  batcher,
  contextNow,
  toSubmitted,
}: SubmitManyOptions): Queue["submitMany"] {
  return async (requests, { atomic = false } = {}) => {
    const context = contextNow();
    const candidates = await allOf(requests.map((request) => candidateOf(request, context)));
    if (atomic && !candidates.every((candidate) => candidate.ok)) return candidates.map(refuseAll);
    const valid = preparedOf(candidates);
    const stored = (await (atomic ? insertAll(valid) : insertEach(valid))).values();
    return candidates.map((candidate) => (candidate.ok ? next(stored) : candidate));
  };

  function outcomeOf(prepared: PreparedTask, answer: InsertAnswer): Eventual<SubmitOutcome> {
    try {
      const submitted = toSubmitted(prepared, answer);
      return submitted instanceof Promise ? submitted.then(accepted, refusedBy) : accepted(submitted);
    } catch (error) {
      return Promise.reject(error).catch(refusedBy);
    }
  }

  /** The outcomes of valid tasks, in order. What the store can't take fails alone. */
  async function insertEach(prepared: readonly PreparedTask[]): Promise<readonly SubmitOutcome[]> {
    if (prepared.length === 0) return [];
    try {
      const answers = await batcher.add(prepared.map(({ task }) => task));
      return await allOf(prepared.map((item, position) => outcomeOf(item, at(answers, position))));
    } catch (error) {
      if (!isOneRejected(error) || prepared.length === 1) return refusedTogether(prepared, error);
      const middle = prepared.length >> 1;
      return [
        ...(await insertEach(prepared.slice(0, middle))),
        ...(await insertEach(prepared.slice(middle))),
      ];
    }
  }

  /** The same where one that is refused keeps all of them from being stored. */
  async function insertAll(prepared: readonly PreparedTask[]): Promise<readonly SubmitOutcome[]> {
    if (prepared.length === 0) return [];
    let answers: readonly InsertAnswer[];
    try {
      answers = await batcher.addAtomic(prepared.map(({ task }) => task));
    } catch (error) {
      return refusedTogether(prepared, error);
    }
    const isStored = answers.every(({ outcome }) => outcome === "created" || outcome === "replayed");
    return allOf(
      prepared.map((item, position): Eventual<SubmitOutcome> => {
        const answer = at(answers, position);
        // A replay is no fault of its own, but its caller must learn that the batch was refused.
        if (!isStored && answer.outcome === "replayed") return { ok: false, error: withheld() };
        return outcomeOf(item, answer);
      }),
    );
  }
}

function refusedTogether(prepared: readonly PreparedTask[], failure: unknown): readonly SubmitOutcome[] {
  return prepared.map(() => refusedBy(failure));
}

function candidateOf(request: SubmitRequest, context: RequestContext): Eventual<Candidate> {
  try {
    const prepared = prepare(request, context);
    return prepared instanceof Promise ? prepared.then(candidate, refusedBy) : candidate(prepared);
  } catch (error) {
    // Thrown from here it would leave those that are still being checked with no handler for their outcome.
    return Promise.reject(error).catch(refusedBy);
  }
}

function candidate(prepared: PreparedTask): Candidate {
  return { ok: true, prepared };
}

function preparedOf(candidates: readonly Candidate[]): PreparedTask[] {
  const prepared: PreparedTask[] = [];
  for (const candidate of candidates) if (candidate.ok) prepared.push(candidate.prepared);
  return prepared;
}

function accepted({ task, replayed }: Submitted): SubmitOutcome {
  return { ok: true, task, replayed };
}

function refuseAll(candidate: Candidate): SubmitOutcome {
  return candidate.ok ? { ok: false, error: withheld() } : candidate;
}

/** What a caller can't act on is no outcome of one task: it fails the batch. */
function refusedBy(error: unknown): Extract<SubmitOutcome, { readonly ok: false }> {
  if (error instanceof TaskwrightError) return { ok: false, error };
  throw error;
}

function next<T>(items: Iterator<T>): T {
  const item = items.next();
  if (item.done) throw new Error("a batch has fewer outcomes than tasks");
  return item.value;
}

function at<T>(items: readonly T[], position: number): T {
  const item = items[position];
  if (item === undefined) throw new Error("the store returned fewer results for an insert than it has tasks");
  return item;
}
