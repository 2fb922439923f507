// Submits a batch: an outcome per position; what is valid is stored in one transaction, or with `atomic` all or nothing.
import { allOf, type Eventual } from "../lib/eventual.js";
import { TaskwrightError } from "../model/errors.js";
import { type InsertAnswer, type Store, StoreError } from "../store/store.js";
import { missingFile, type PreparedTask, prepare, type RequestContext } from "./check-request.js";
import type { InsertBatcher } from "./insert-batcher.js";
import type { Queue, SubmitOutcome, SubmitRequest, Submitted } from "./queue.js";
import { fromStore } from "./store-errors.js";

interface SubmitManyOptions {
  readonly store: Pick<Store, "files" | "get">;
  readonly batcher: InsertBatcher;
  readonly contextNow: () => RequestContext;
  readonly toSubmitted: (prepared: PreparedTask, answer: InsertAnswer) => Eventual<Submitted>;
}

/** One task of a batch on its way: ready to be stored, or refused. */
type Candidate =
  | { readonly ok: true; readonly prepared: PreparedTask }
  | Extract<SubmitOutcome, { readonly ok: false }>;

export function createSubmitMany({
  store,
  batcher,
  contextNow,
  toSubmitted,
}: SubmitManyOptions): Queue["submitMany"] {
  return async (requests, { atomic = false } = {}) => {
    const context = contextNow();
    let candidates = await allOf(requests.map((request) => candidateOf(request, context)));
    if (atomic) {
      candidates = await precheck(candidates);
      if (!candidates.every((candidate) => candidate.ok)) return candidates.map(refuseAll);
    }
    const valid = preparedOf(candidates);
    const stored = (await insert(valid, atomic)).values();
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

  /** The outcomes of valid tasks, in order. */
  async function insert(
    prepared: readonly PreparedTask[],
    atomic: boolean,
  ): Promise<readonly SubmitOutcome[]> {
    if (prepared.length === 0) return [];
    try {
      const answers = await batcher.add(prepared.map(({ task }) => task));
      return await allOf(prepared.map((item, position) => outcomeOf(item, at(answers, position))));
    } catch (error) {
      const divisible = error instanceof StoreError && error.code === "rejected";
      if (!divisible || atomic || prepared.length === 1) {
        return fromStore(Promise.reject(error)).catch((failure: unknown) =>
          prepared.map(() => refusedBy(failure)),
        );
      }
      // One of them can't be stored: only the culprit may fail.
      const middle = prepared.length >> 1;
      return [
        ...(await insert(prepared.slice(0, middle), atomic)),
        ...(await insert(prepared.slice(middle), atomic)),
      ];
    }
  }

  /**
   * Finds what the store would refuse, before anything is stored: uploads that are gone, and ids that another request
   * has. An insert under an id that exists changes nothing, so asking it for those is safe.
   */
  async function precheck(candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
    const valid = preparedOf(candidates);
    if (valid.every(({ task }) => task.files === undefined && task.replay === undefined)) return candidates;
    const fileIds = [...new Set(valid.flatMap(({ task }) => task.files ?? []))];
    const files = fileIds.length === 0 ? [] : await fromStore(store.files(fileIds));
    const missing = new Set(fileIds.filter((_, position) => files[position] === undefined));
    const own = valid.filter(({ task }) => task.replay);
    const known = own.length === 0 ? [] : await fromStore(store.get(own.map(({ task }) => task.id)));
    const replayed = new Set(own.filter((_, position) => known[position] !== undefined));
    return Promise.all(
      candidates.map(async (candidate): Promise<Candidate> => {
        if (!candidate.ok) return candidate;
        const { prepared } = candidate;
        const gone = prepared.task.files?.find((id) => missing.has(id));
        if (gone !== undefined) return { ok: false, error: missingFile(prepared, gone) };
        if (!replayed.has(prepared)) return candidate;
        const [outcome] = await insert([prepared], true);
        return outcome?.ok === false ? outcome : candidate;
      }),
    );
  }
}

function candidateOf(request: SubmitRequest, context: RequestContext): Eventual<Candidate> {
  try {
    const prepared = prepare(request, context);
    return prepared instanceof Promise ? prepared.then(candidate, refusedBy) : candidate(prepared);
  } catch (error) {
    // Thrown from here it would leave those that are still being checked with nobody who hears of their end.
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
  if (!candidate.ok) return candidate;
  return {
    ok: false,
    error: new TaskwrightError(
      "batch_rejected",
      "This task is valid; nothing was stored, because another task of the batch is not and the batch is atomic.",
    ),
  };
}

/** What a caller can't act on is no outcome of one task: it fails the batch. */
function refusedBy(error: unknown): Extract<SubmitOutcome, { readonly ok: false }> {
  if (error instanceof TaskwrightError) return { ok: false, error };
  throw error;
}

function next<T>(items: Iterator<T>): T {
  const item = items.next();
  if (item.done) throw new Error("a batch was answered with fewer outcomes than it has tasks");
  return item.value;
}

function at<T>(items: readonly T[], position: number): T {
  const item = items[position];
  if (item === undefined)
    throw new Error("the store answered an insert with fewer answers than it has tasks");
  return item;
}
