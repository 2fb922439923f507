// Reports of a handler in a thread or process to its worker: merged, sent at most ten times a second, and
// bounded. A handler that never lets its event loop turn is heard all the same.
import type { Clock } from "../lib/clock.js";
import { LIMITS } from "../model/limits.js";
import type { Millis } from "../model/time.js";
import type { FromHost, Line, SaidAt } from "./isolation-protocol.js";

export type Report = FromHost & { readonly kind: "report" };

/** Between two reports, in milliseconds. */
const EVERY: Millis = 100;
/** Characters of log lines that the worker has not confirmed; more are counted and dropped, as they are inline. */
const MAX_UNCONFIRMED = 4 * 1024 * 1024;

export class Outbox {
  readonly #clock: Clock;
  readonly #send: (report: Report) => void;
  #said: SaidAt[] = [];
  #lines: Line[] = [];
  #dropped = 0;
  #unconfirmed = 0;
  /** Size of each report that was sent and not confirmed, in order. */
  #sizes: number[] = [];
  #size = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, send: (report: Report) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  say(said: Omit<SaidAt, "at">): void {
    const last = this.#said.at(-1);
    const next = { ...said, at: this.#clock.now() };
    const opensStage = said.stage !== undefined && said.stage !== last?.stage;
    if (!last || (opensStage && this.#said.length < LIMITS.stages)) this.#said.push(next);
    else if (opensStage) this.#said[this.#said.length - 1] = { ...last, ...next, stage: last.stage ?? "" };
    else this.#said[this.#said.length - 1] = { ...last, ...next, at: last.at };
    this.#offer();
  }

  log(line: Omit<Line, "at">): void {
    const size = line.message.length + (line.fields?.length ?? 0);
    if (this.#unconfirmed + size > MAX_UNCONFIRMED) {
      this.#dropped++;
    } else {
      this.#unconfirmed += size;
      this.#size += size;
      this.#lines.push({ ...line, at: this.#clock.now() });
    }
    this.#offer();
  }

  /** The worker has taken in the oldest report that it had not confirmed. */
  confirmed(): void {
    this.#unconfirmed -= this.#sizes.shift() ?? 0;
  }

  /** Sends what waits now: before a call, whose effect must not overtake it, and at the end. */
  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#said.length + this.#lines.length + this.#dropped === 0) return;
    const report: Report = {
      kind: "report",
      said: this.#said,
      lines: this.#lines,
      dropped: this.#dropped,
    };
    this.#sizes.push(this.#size);
    this.#said = [];
    this.#lines = [];
    this.#dropped = 0;
    this.#size = 0;
    this.#sentAt = this.#clock.monotonic();
    this.#send(report);
  }

  #offer(): void {
    const wait = this.#sentAt + EVERY - this.#clock.monotonic();
    if (wait <= 0) this.flush();
    else this.#cancelTimer ??= this.#clock.after(wait, () => this.flush(), { background: true });
  }
}
