// One request of a caller who insists: the same request, with the same key, to one server after the other, until one
// answers. With fetch alone: what is checked must not depend on our client.
import { type Clock, pause } from "../src/lib/clock.js";
import type { Millis } from "../src/model/time.js";
import type { Counts, Lane } from "./history.js";
import type { Random } from "./random.js";

export interface Request {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: object;
  readonly key?: string;
}

/** "info": no answer until the caller gave up, so the outcome is unknown. */
export type Answer =
  | { readonly phase: "answered"; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly phase: "info" };

export interface Caller {
  ask(request: Request): Promise<Answer>;
  /** From now on, what gets no answer within the given time never will. */
  giveUpIn(time: Millis): void;
}

/** The lanes of GET /api/stats; undefined where they have another form. */
export function readLanes(lanes: unknown): readonly Lane[] | undefined {
  if (!Array.isArray(lanes)) return undefined;
  const list: readonly { queue: string; task_type: string; counts: Counts }[] = lanes;
  return list.map(({ queue, task_type, counts }) => ({ queue, taskType: task_type, counts }));
}

/** Longer than most outages take to be noticed, so that some requests run into them. */
const PATIENCE: Millis = 5_000;

export function createCaller(clock: Clock, random: Random, urls: readonly string[]): Caller {
  let until = Number.POSITIVE_INFINITY;

  async function attempt(request: Request): Promise<Answer> {
    const url = random.pick(urls) ?? "";
    const silence = new AbortController();
    const cancel = clock.after(PATIENCE, () => silence.abort());
    try {
      const response = await fetch(url + request.path, {
        method: request.method,
        headers: {
          ...(request.body && { "content-type": "application/json" }),
          ...(request.key !== undefined && { "idempotency-key": request.key }),
        },
        body: request.body && JSON.stringify(request.body),
        signal: silence.signal,
      });
      const body: Readonly<Record<string, unknown>> = await response.json();
      return { phase: "answered", status: response.status, body };
    } catch {
      // No reply, or half of one: the outcome of the request is unknown.
      return { phase: "info" };
    } finally {
      cancel();
    }
  }

  return {
    async ask(request) {
      for (let tries = 1; ; tries++) {
        const answer = await attempt(request);
        // What the server could not do may have been done all the same: its own database may not have answered.
        if (answer.phase === "answered" && answer.status < 500) return answer;
        const wait = Math.min(1_000, 50 * 2 ** tries) * (0.5 + random.next());
        if (clock.monotonic() + wait > until) return { phase: "info" };
        await pause(clock, wait);
      }
    },
    giveUpIn(time) {
      until = clock.monotonic() + time;
    },
  };
}
