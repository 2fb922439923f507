// The fixed scenario of the budget: each verb of the hot path once with 100 tasks, in a store that has done it all before.
// Ids, dates and sizes are the same in every run, so that what is counted is, too.
import type { ManualClock } from "../../src/lib/clock.js";
import { createIdSource } from "../../src/model/id.js";
import type { ClaimedTask, NewTask } from "../../src/model/task.js";
import type { Store } from "../../src/store/store.js";
import type { Figures } from "./compare.js";

/** The verbs that the scenario calls; whoever has them may answer at once. */
export type HotVerbs = {
  readonly [Verb in "beat" | "insert" | "turn" | "sync" | "promote" | "cancel"]: (
    ...args: Parameters<Store[Verb]>
  ) => Awaited<ReturnType<Store[Verb]>> | ReturnType<Store[Verb]>;
};

/** Runs a step and says what it took. */
export type Measure = (step: () => Promise<unknown>) => Promise<Figures>;

const SIZE = 100;
const WORKER = "worker";
const RETRY_IN = 1_000;
const CLAIM = { limit: SIZE, taskTypes: ["work"], queues: "all" } as const;

/** By step. The first round warms up lanes, statements and files; the second counts. */
export async function runScenario(
  store: HotVerbs,
  clock: ManualClock,
  measure: Measure,
): Promise<Readonly<Record<string, Figures>>> {
  const newId = createIdSource(clock.now, (bytes) => void bytes.fill(7));
  await round(store, clock, newId, measure);
  return round(store, clock, newId, measure);
}

async function round(
  store: HotVerbs,
  clock: ManualClock,
  newId: () => string,
  measure: Measure,
): Promise<Readonly<Record<string, Figures>>> {
  const counts: Record<string, Figures> = {};
  const step = async <Answer>(name: string, work: () => Answer | Promise<Answer>): Promise<Answer> => {
    let answer: { readonly value: Answer } | undefined;
    counts[name] = await measure(async () => {
      answer = { value: await work() };
    });
    if (!answer) throw new Error(`${name} was not run`);
    return answer.value;
  };
  const claim = async () => (await store.turn({ worker: WORKER, outcomes: [], claim: CLAIM })).claimed;

  await step("beat", () => store.beat(workerState(clock)));
  await step("submit 100", () => store.insert(tasks(newId)));
  await store.insert(tasks(newId));
  const first = await step("claim 100", claim);
  await step("report on 100", () =>
    store.sync(first.map(({ id, fence }) => ({ id, fence, report: { progress: 50 } }))),
  );
  const { claimed: second } = await step("finish 100 and claim 100", () =>
    store.turn({ worker: WORKER, outcomes: first.map(success), claim: CLAIM }),
  );
  await step("send 100 to a retry", () => store.turn({ worker: WORKER, outcomes: second.map(retry) }));
  await clock.advance(RETRY_IN);
  await step("promote 100", () => store.promote(SIZE));
  const again = await step("claim 100 that ran before", claim);
  await step("finish 100 that ran before", () =>
    store.turn({ worker: WORKER, outcomes: again.map(success) }),
  );
  const waiting = await store.insert(tasks(newId));
  await step("cancel 100 that wait", () => store.cancel(waiting.map(({ id }) => id)));
  const keyed = tasks(newId).map((task) => ({ ...task, replay: { key: `key of ${task.id}`, digest: "d" } }));
  await step("submit 100 with a key each", () => store.insert(keyed));
  await store.cancel(keyed.map(({ id }) => id));
  for (const [name, held] of Object.entries({ first, second, again })) {
    if (held.length !== SIZE)
      throw new Error(`${name}: ${held.length} tasks were claimed instead of ${SIZE}`);
  }
  return counts;
}

const success = ({ id, fence }: ClaimedTask) =>
  ({ id, fence, to: "SUCCESS", resultData: '{"ok":true}' }) as const;
const retry = ({ id, fence }: ClaimedTask) =>
  ({ id, fence, to: "PENDING", in: RETRY_IN, error: { name: "Error", message: "again" } }) as const;

function tasks(newId: () => string): readonly NewTask[] {
  return Array.from({ length: SIZE }, () => ({
    id: newId(),
    taskType: "work",
    queue: "default",
    parameters: '{"rows":1000}',
    priority: 0,
    start: "now",
    maxAttempts: 3,
    timeout: 60_000,
  }));
}

function workerState(clock: ManualClock) {
  return {
    id: WORKER,
    host: "host",
    pid: 1,
    version: "1",
    startedAt: clock.now(),
    slots: SIZE,
    running: 0,
    taskTypes: ["work"],
    queues: "all",
    eventLoopLag: 0,
    memoryBytes: 0,
  } as const;
}
