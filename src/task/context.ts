// What a handler is given beside its parameters. The worker makes it; this file only says what it is.
import type { Readable } from "node:stream";
import type { TaskId } from "../model/id.js";
import type { JsonValue } from "../model/json.js";
import type { Artifact, FileId } from "../model/task.js";
import type { TaskRef } from "../model/task-ref.js";
import type { SubmitOptions } from "./submit.js";

export interface TaskContext {
  readonly task: {
    readonly id: TaskId;
    readonly taskType: string;
    readonly queue: string;
    /** 1, 2, … */
    readonly attempt: number;
    readonly maxAttempts: number;
    readonly tags: readonly string[];
    readonly retryOf: TaskId | undefined;
  };
  /** Grows with every claim of this task: hand it to other systems to reject writes of an attempt that lost its task. */
  readonly fence: number;
  /** Aborts on cancel, timeout, shutdown, or when this attempt no longer holds its task. `reason` says which. */
  readonly signal: AbortSignal;
  /** Percent (0–100), or how far along. Cheap: what is said between two writes is merged. */
  progress(update: number | ProgressUpdate): void;
  readonly log: {
    info(message: string, fields?: JsonObject): void;
    warn(message: string, fields?: JsonObject): void;
    error(message: string, fields?: JsonObject): void;
  };
  /** A note to the next attempt, and to a manual retry of this task. JSON, at most 256 KB. */
  readonly checkpoint: {
    get(): JsonValue | undefined;
    /** Resolves once it is on disk. Rejects where this attempt no longer holds its task. */
    set(value: JsonValue): Promise<void>;
  };
  readonly artifacts: {
    /** Stores an output file. Resolves once it is on disk. */
    put(name: string, data: Uint8Array | string | Readable, mediaType?: string): Promise<Artifact>;
  };
  readonly files: {
    /** An upload. Throws Discard where it does not exist. */
    open(id: FileId): Promise<OpenFile>;
  };
  /**
   * Submits another task. Resolves with its id once it is on disk.
   * @example await context.submit(thumbnail, { file_id, width: 320 }, { queue: "images" });
   */
  submit<Input, Output>(
    type: TaskRef<Input, Output>,
    parameters: NoInfer<Input>,
    options?: SubmitOptions,
  ): Promise<TaskId>;
  /** The same by the name of a type. */
  submit(taskType: string, parameters: JsonObject, options?: SubmitOptions): Promise<TaskId>;
}

export type JsonObject = { readonly [key: string]: JsonValue };

export interface ProgressUpdate {
  readonly percent?: number;
  readonly done?: number;
  readonly total?: number;
  readonly message?: string;
  /** A named part of the work; each change is drawn in the timeline, 50 at most. */
  readonly stage?: string;
}

export interface OpenFile {
  readonly id: FileId;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Where the bytes lie on this machine, until the handler has ended. Read only. */
  readonly path: string;
  stream(): Readable;
}
