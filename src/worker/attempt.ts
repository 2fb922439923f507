// One attempt of one task in this process: what it holds, what it has said, whether it was told to stop. Its handler's
// context writes through it, and no longer once it is over.
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { Blobs, LocalFile } from "../files/files.js";
import type { Clock } from "../lib/clock.js";
import type { Json } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import { readOptions } from "../model/options.js";
import type { Artifact, ClaimedTask, FileId, LogLevel } from "../model/task.js";
import { formatDuration, type Instant, type Millis } from "../model/time.js";
import type { FileStore } from "../store/store.js";
import type { OpenFile, TaskContext } from "../task/context.js";
import { Aborted, Discard, fromStorage } from "../task/control.js";
import type { TaskType } from "../task/define.js";
import type { AbortReason } from "./classify.js";
import { AttemptOver, type ContextHost, type SubmitCall } from "./context.js";
import { type Plan, planOf } from "./isolation-plan.js";
import { ReportBuffer, type Said, type Taken } from "./report-buffer.js";

/** What attempts reach for when their handlers ask. */
export interface AttemptServices {
  readonly clock: Clock;
  readonly files: Pick<FileStore, "files">;
  readonly blobs: Pick<Blobs, "write" | "remove" | "path">;
  readonly newId: () => string;
  readonly submit: (call: SubmitCall) => Promise<string>;
  /** The attempt has something to say, after it had nothing, or somebody waits for it. */
  readonly spoke: (attempt: Attempt) => void;
}

export class Attempt implements ContextHost {
  readonly claimed: ClaimedTask;
  readonly type: TaskType;
  /** Where its handler runs. */
  plan: Plan;
  /** On the monotonic clock. */
  readonly deadline: Millis;
  /** Made when the handler first speaks: most never do. */
  said: ReportBuffer | undefined;
  /** When it was last reported, on the monotonic clock. */
  reportedAt: Millis = Number.NEGATIVE_INFINITY;
  /** A report of it is being stored. */
  reporting: Promise<void> | undefined;
  /** Told to stop: the first reason stands. */
  aborted: AbortReason | undefined;
  /** Called when it is asked to stop. */
  onAbort: ((reason: AbortReason) => void) | undefined;
  /** Nothing may be written any more. */
  over = false;
  readonly #services: AttemptServices;
  #controller: AbortController | undefined;
  #checkpoint: Json | undefined;
  #artifacts = 0;
  #opened: LocalFile[] | undefined;
  #left = false;
  /** Calls of the handler that the store or the disk has not answered. Made with the first: most make none. */
  #unanswered: Set<(error: Error) => void> | undefined;

  constructor(claimed: ClaimedTask, type: TaskType, services: AttemptServices) {
    this.claimed = claimed;
    this.type = type;
    this.plan = planOf(type, claimed);
    this.#services = services;
    this.#checkpoint = claimed.checkpoint;
    this.deadline = services.clock.monotonic() + claimed.timeout;
  }

  get task(): TaskContext["task"] {
    const { id, taskType, queue, attempt, maxAttempts, options, retryOf } = this.claimed;
    const { tags = [] } = readOptions(options);
    return { id, taskType, queue, attempt, maxAttempts, tags, retryOf };
  }

  get fence(): number {
    return this.claimed.fence;
  }

  get checkpoint(): Json | undefined {
    return this.#checkpoint;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.aborted) this.#controller.abort(abortError(this.aborted, this.claimed));
    }
    return this.#controller.signal;
  }

  /** Tells the handler to stop. The first reason stands, except that losing the task outweighs any other. */
  abort(reason: AbortReason): void {
    if (this.over || (this.aborted && reason !== "lost")) return;
    this.aborted = reason;
    if (reason === "lost") {
      for (const waiter of this.end()?.waiters ?? []) waiter.reject(this.#overError());
      for (const reject of this.#unanswered ?? []) reject(this.#overError());
    }
    this.#controller?.abort(abortError(reason, this.claimed));
    this.onAbort?.(reason);
  }

  /** Nothing may be written from now on. Answers what was said last and is not stored yet. */
  end(): Taken | undefined {
    this.over = true;
    return this.said?.take(this.#services.clock.now());
  }

  assertOpen(): void {
    if (this.over) throw this.#overError();
  }

  /** `at`: when it was said, where that is not now. */
  progress(said: Said, at?: Instant): void {
    this.#say((report, now) => report.progress(said, at ?? now));
  }

  log(level: LogLevel, message: string, fields: Json | undefined, at?: Instant): void {
    this.#say((report, now) => report.log(at ?? now, level, message, fields));
  }

  setCheckpoint(checkpoint: Json): Promise<void> {
    this.#checkpoint = checkpoint;
    const stored = this.#unlessLost(this.#store((report) => report.checkpoint(checkpoint)));
    // A handler may choose not to wait; then its failure, which the attempt shows anyway, must not end the process.
    stored.catch(() => undefined);
    return stored;
  }

  putArtifact(name: string, data: Uint8Array | string | Readable, mediaType: string): Promise<Artifact> {
    return this.#unlessLost(this.#putArtifact(name, data, mediaType));
  }

  /** Bytes first, record last: a process that dies in between leaves bytes that nothing names. */
  async #putArtifact(
    name: string,
    data: Uint8Array | string | Readable,
    mediaType: string,
  ): Promise<Artifact> {
    if (++this.#artifacts > LIMITS.artifacts) {
      throw new RangeError(`A task can store at most ${LIMITS.artifacts} artifacts.`);
    }
    const { newId, blobs, clock } = this.#services;
    const id = newId();
    const source = data instanceof Readable ? data : Readable.from([Buffer.from(data)]);
    const written = await fromStorage(blobs.write(id, source, { signal: this.signal }));
    const artifact = { id, name, mediaType, ...written };
    try {
      this.assertOpen();
      await this.#store((report) => report.artifact(artifact));
    } catch (error) {
      await blobs.remove([id]);
      throw error;
    }
    const { id: taskId, attempt } = this.claimed;
    return { ...artifact, taskId, attempt, createdAt: clock.now() };
  }

  openFile(id: FileId): Promise<OpenFile> {
    return this.#unlessLost(this.#openFile(id));
  }

  async #openFile(id: FileId): Promise<OpenFile> {
    const [file] = await this.#services.files.files([id]);
    if (!file) throw new Discard(`File ${id} does not exist; it was never uploaded or has been deleted.`);
    const { name, mediaType, sizeBytes, sha256 } = file;
    const { blobs } = this.#services;
    const local = await fromStorage(blobs.path({ id, sizeBytes, sha256 }, { signal: this.signal }));
    const { path } = local;
    this.#opened ??= [];
    this.#opened.push(local);
    if (this.#left) this.releaseFiles();
    return { id, name, mediaType, sizeBytes, sha256, path, stream: () => createReadStream(path) };
  }

  /** The handler has ended: files that were fetched for it may go. */
  releaseFiles(): void {
    this.#left = true;
    for (const file of this.#opened ?? []) file.release();
  }

  submit(call: SubmitCall): Promise<string> {
    return this.#unlessLost(fromStorage(this.#services.submit(call)));
  }

  #say(add: (report: ReportBuffer, now: Instant) => void): void {
    this.said ??= new ReportBuffer();
    const quiet = this.said.empty;
    add(this.said, this.#services.clock.now());
    if (quiet) this.#services.spoke(this);
  }

  #store(add: (report: ReportBuffer) => void): Promise<void> {
    this.said ??= new ReportBuffer();
    add(this.said);
    const stored = this.said.stored();
    this.#services.spoke(this);
    return stored;
  }

  /**
   * The same answer, or AttemptOver as soon as the task is lost: a store that does not respond must not keep a handler from
   * stopping before its lease ends. What was asked goes on, because its end decides what is to be cleaned up.
   */
  #unlessLost<Answer>(asked: Promise<Answer>): Promise<Answer> {
    this.#unanswered ??= new Set();
    const unanswered = this.#unanswered;
    return new Promise<Answer>((resolve, reject) => {
      unanswered.add(reject);
      asked.then(resolve, reject).finally(() => unanswered.delete(reject));
    });
  }

  #overError(): AttemptOver {
    const why =
      this.aborted === "lost"
        ? "has been taken over by another attempt"
        : "is no longer running this attempt";
    return new AttemptOver(`Task ${this.claimed.id} ${why}; its context can no longer be used.`);
  }
}

/** What a handler that was told to stop throws, and finds as its signal's reason. */
export function abortError(reason: AbortReason, task: Pick<ClaimedTask, "timeout">): Aborted {
  const messages: Record<AbortReason, string> = {
    cancel: "The task was cancelled.",
    timeout: `The attempt did not finish within its timeout of ${formatDuration(task.timeout)}.`,
    shutdown: "The worker is shutting down; the task will run again.",
    lost: "The lease was lost; another worker takes over the task.",
  };
  return new Aborted(reason, messages[reason]);
}
