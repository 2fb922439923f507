// What one attempt has reported and is not stored yet. Merges, bounds and hands over; writes nothing itself.
import { cleanText, type Json } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import type { LogLevel, LogLine, NewArtifact, Report, Stage } from "../model/task.js";
import type { Instant } from "../model/time.js";

/** Progress as a handler says it, already in bounds. */
export interface Said {
  /** 0–100. */
  readonly percent?: number;
  readonly message?: string;
  readonly stage?: string;
}

/** Somebody who waits until what was said is on disk. */
export interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface Taken {
  readonly report: Report;
  readonly waiters: readonly Waiter[];
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Bytes of log lines that may wait; a handler that floods its log in one go must not fill the memory. */
const WAITING_LOG_BYTES = 4 * 1024 * 1024;
const STAGE_BYTES = 100;

export class ReportBuffer {
  #report: Writable<Report> = {};
  #waiters: Waiter[] = [];
  #stages: readonly Stage[] = [];
  #logs: LogLine[] = [];
  #logBytes = 0;
  #dropped = 0;
  #empty = true;

  get empty(): boolean {
    return this.#empty;
  }

  /** Somebody waits for it to be stored. */
  get urgent(): boolean {
    return this.#waiters.length > 0;
  }

  progress({ percent, message, stage }: Said, now: Instant): void {
    if (percent !== undefined) this.#report.progress = percent;
    if (message !== undefined) {
      this.#report.progressMessage = cleanText(message.slice(0, LIMITS.progressMessageLength), 4096);
    }
    if (stage !== undefined) this.#enter(cleanText(stage, STAGE_BYTES), now);
    this.#empty = false;
  }

  log(at: Instant, level: LogLevel, message: string, fields: Json | undefined): void {
    const text = cleanText(message, LIMITS.logLineBytes);
    const bytes = text.length + (fields?.length ?? 0);
    this.#empty = false;
    if (this.#logBytes + bytes > WAITING_LOG_BYTES) {
      this.#dropped++;
      return;
    }
    this.#logBytes += bytes;
    this.#logs.push({ at, level, message: text, ...(fields === undefined ? {} : { fields }) });
  }

  checkpoint(json: Json): void {
    this.#report.checkpoint = json;
    this.#empty = false;
  }

  artifact(artifact: NewArtifact): void {
    this.#report.artifacts = [...(this.#report.artifacts ?? []), artifact];
    this.#empty = false;
  }

  /** Resolves once all that was said so far is on disk. */
  stored(): Promise<void> {
    this.#empty = false;
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Everything said since the last time; undefined where that is nothing. `now` dates a note about dropped lines. */
  take(now: Instant): Taken | undefined {
    if (this.#empty) return undefined;
    const logs = this.#takeLogs(now);
    const report: Report = logs.length === 0 ? this.#report : { ...this.#report, logs };
    const waiters = this.#waiters;
    this.#report = {};
    this.#waiters = [];
    this.#empty = true;
    return { report, waiters };
  }

  /** Gives back what could not be stored. What was said since then stays on top. */
  putBack({ report, waiters }: Taken): void {
    const logs = report.logs ?? [];
    const artifacts = [...(report.artifacts ?? []), ...(this.#report.artifacts ?? [])];
    this.#report = { ...report, ...this.#report };
    delete this.#report.logs;
    if (artifacts.length > 0) this.#report.artifacts = artifacts;
    this.#logs = [...logs, ...this.#logs];
    for (const line of logs) this.#logBytes += line.message.length + (line.fields?.length ?? 0);
    this.#waiters = [...waiters, ...this.#waiters];
    this.#empty = false;
  }

  #enter(name: string, now: Instant): void {
    if (name === this.#stages.at(-1)?.name || this.#stages.length >= LIMITS.stages) return;
    this.#stages = [...this.#stages, { name, startedAt: now }];
    this.#report.stages = this.#stages;
  }

  #takeLogs(now: Instant): LogLine[] {
    const logs = this.#logs;
    if (this.#dropped > 0) {
      const message = `${this.#dropped} lines were dropped here: more than 4 MB were waiting to be stored`;
      logs.push({ at: now, level: "warn", message });
    }
    this.#logs = [];
    this.#logBytes = 0;
    this.#dropped = 0;
    return logs;
  }
}
