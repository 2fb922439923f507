// The callers: they submit at an even rate, edit, cancel and retry some of what was submitted, and look at it again.
import { type Clock, pause } from "../src/lib/clock.js";
import { STATUSES, type Status } from "../src/model/status.js";
import type { Unanswered } from "./history.js";
import type { Answer, Caller } from "./http.js";
import { machineTime } from "./machine-time.js";
import { nextTask, type Wanted } from "./mix.js";
import type { Random } from "./random.js";
import type { Recorder } from "./recorder.js";

export interface Load {
  /** Calls until the signal aborts; resolves when the last answer is there. */
  run(stop: AbortSignal): Promise<void>;
  submit(wanted: Wanted): Promise<unknown>;
}

export interface LoadOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly caller: Caller;
  readonly recorder: Recorder;
  /** Submits per second, of all callers together. */
  readonly rate: number;
  /** Tasks that are not finished yet, as last counted. */
  readonly unfinished: () => number;
}

/** Callers at a time. */
const CALLERS = 16;
/** With more unfinished tasks than this, callers wait: what is submitted is to be finished in the end. */
const MOST_UNFINISHED = 1_500;
/** How many of the last submitted tasks are cancelled, retried and read. */
const RECENT = 300;

interface Known {
  readonly id: string;
  readonly token: string;
  readonly wanted: Wanted;
}

export function createLoad({ clock, random, caller, recorder, rate, unfinished }: LoadOptions): Load {
  const recent: Known[] = [];
  let tokens = 0;

  async function submit(wanted: Wanted): Promise<Known | undefined> {
    const token = `t${++tokens}`;
    const { taskType } = wanted;
    const parameters = { ...wanted.parameters, token };
    const body = { task_type: taskType, parameters, ...wanted.options };
    return store("submit", token, wanted, { path: "/api/tasks/submit", body });
  }

  async function retry({ id, wanted }: Known): Promise<void> {
    const token = `t${++tokens}`;
    const body = { parameters: { ...wanted.parameters, token } };
    await store("retry", token, wanted, { path: `/api/tasks/${id}/retry`, body });
  }

  async function store(
    kind: "submit" | "retry",
    token: string,
    wanted: Wanted,
    request: { readonly path: string; readonly body: object },
  ): Promise<Known | undefined> {
    const { taskType } = wanted;
    const from = machineTime();
    const done = recorder.invoke({ kind, token, ...request });
    const answer = await caller.ask({ method: "POST", key: token, ...request });
    const asked = { kind, token, taskType, from, to: machineTime() };
    const id = answer.phase === "answered" && answer.status === 201 ? answer.body.id : undefined;
    if (typeof id !== "string") {
      done({ ...asked, ...refusal(answer) });
      return undefined;
    }
    done({ ...asked, phase: "ok", id });
    const known = { id, token, wanted };
    recent.push(known);
    if (recent.length > RECENT) recent.shift();
    return known;
  }

  async function cancel({ id }: Known): Promise<void> {
    const from = machineTime();
    const done = recorder.invoke({ kind: "cancel", id });
    const answer = await caller.ask({ method: "DELETE", path: `/api/tasks/${id}` });
    const asked = { kind: "cancel", id, from, to: machineTime() } as const;
    const heard = answer.phase === "answered" ? cancelAnswer(answer.status, answer.body.status) : undefined;
    done(heard ? { ...asked, phase: "ok", answer: heard } : { ...asked, ...refusal(answer) });
  }

  /** Most tasks run at once: without this, hardly one would be cancelled while it waits. */
  async function cancelPending(): Promise<void> {
    const later = { taskType: "short", parameters: { ms: 1 }, options: { delay: "2s" } };
    const known = await submit(later);
    if (known) await cancel(known);
  }

  /** Edited twice, the second time about when it starts: that is where an edit and a claim meet. */
  async function editPending(): Promise<void> {
    const delay = random.between(60, 400);
    const later = { taskType: "short", parameters: { ms: 1 }, options: { delay: `${delay}ms` } };
    const known = await submit(later);
    if (!known) return;
    await edit(known, 1);
    await pause(clock, Math.max(0, delay - 40 + random.between(0, 60)));
    await edit(known, 2);
  }

  async function edit({ id, token, wanted }: Known, number: number): Promise<void> {
    const from = machineTime();
    const parameters = { ...wanted.parameters, token, edit: number };
    const body = { parameters, priority: random.between(-5, 5), queue: random.pick(["default", "edited"]) };
    const done = recorder.invoke({ kind: "edit", id, body });
    const answer = await caller.ask({ method: "PATCH", path: `/api/tasks/${id}`, body });
    const asked = { kind: "edit", id, number, from, to: machineTime() } as const;
    const heard = answer.phase === "answered" ? EDIT_ANSWERS.get(answer.status) : undefined;
    done(heard ? { ...asked, phase: "ok", answer: heard } : { ...asked, ...refusal(answer) });
  }

  async function read({ id }: Known): Promise<void> {
    const from = machineTime();
    const done = recorder.invoke({ kind: "read", id });
    const answer = await caller.ask({ method: "GET", path: `/api/tasks/${id}` });
    const asked = { kind: "read", id, from, to: machineTime() } as const;
    const status = answer.phase === "answered" ? statusOf(answer.body.status) : undefined;
    done(status ? { ...asked, phase: "ok", status } : { ...asked, ...refusal(answer) });
  }

  async function call(): Promise<void> {
    const chance = random.next();
    const known = random.pick(recent);
    if (known && chance < 0.03) return cancel(known);
    if (known && chance < 0.05) return cancelPending();
    if (known && chance < 0.07) return retry(known);
    if (known && chance < 0.17) return read(known);
    if (chance < 0.21) return editPending();
    await submit(nextTask(random));
  }

  return {
    submit,
    async run(stop) {
      const caller = async () => {
        while (!stop.aborted) {
          if (unfinished() < MOST_UNFINISHED) await call();
          await pause(clock, (CALLERS / rate) * 1_000 * (0.5 + random.next()), stop);
        }
      };
      await Promise.all(Array.from({ length: CALLERS }, caller));
    },
  };
}

const EDIT_ANSWERS: ReadonlyMap<number, "edited" | "started"> = new Map([
  [200, "edited"],
  [409, "started"],
] as const);

const CANCEL_ANSWERS: ReadonlyMap<number, "cancelled" | "requested" | "finished"> = new Map([
  [200, "cancelled"],
  [202, "requested"],
  [409, "finished"],
] as const);

function cancelAnswer(code: number, status: unknown) {
  const answer = CANCEL_ANSWERS.get(code);
  return answer !== "finished" && statusOf(status) === "PENDING" ? "ignored" : answer;
}

function refusal(answer: Answer): Unanswered {
  if (answer.phase === "info") return { phase: "info" };
  return { phase: "fail", code: String(answer.body.code ?? answer.status) };
}

function statusOf(value: unknown): Status | undefined {
  return STATUSES.find((status) => status === value);
}
