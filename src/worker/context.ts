// The context that a handler is given: checks and encodes what it says and passes it to a host, which is the attempt
// itself, or a port to it from an isolated thread. Members are made on first use: most handlers use few of them.
import { Readable } from "node:stream";
import { cleanText, type Json, type JsonValue } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import type { Artifact, FileId, LogLevel } from "../model/task.js";
import type { TaskRef } from "../model/task-ref.js";
import type { JsonObject, OpenFile, ProgressUpdate, TaskContext } from "../task/context.js";
import type { SubmitOptions } from "../task/submit.js";
import { encodeJson } from "./encode-result.js";
import type { Said } from "./report-buffer.js";
import { readFields, readMessage, readProgress } from "./spoken.js";

export interface SubmitCall extends SubmitOptions {
  readonly taskType: string;
  readonly parameters: unknown;
}

/** Where a handler's words go. */
export interface ContextHost {
  readonly task: TaskContext["task"];
  readonly fence: number;
  readonly signal: AbortSignal;
  /** The latest checkpoint, the one of an attempt before included. */
  readonly checkpoint: Json | undefined;
  /** Throws AttemptOver once the attempt has ended or has lost its task. */
  assertOpen(): void;
  progress(said: Said): void;
  log(level: LogLevel, message: string, fields: Json | undefined): void;
  setCheckpoint(checkpoint: Json): Promise<void>;
  putArtifact(name: string, data: Uint8Array | string | Readable, mediaType: string): Promise<Artifact>;
  openFile(id: FileId): Promise<OpenFile>;
  submit(call: SubmitCall): Promise<string>;
}

/** The handler used its context after its attempt had ended, or after the task had passed to another. */
export class AttemptOver extends Error {
  override readonly name = "AttemptOver";
}

const DEFAULT_MEDIA_TYPE = "application/octet-stream";
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;[\x20-\x7e]*)?$/;
/** Different warnings about what a handler said that one attempt logs. */
const WARNINGS = 20;

class HandlerContext implements TaskContext {
  readonly #host: ContextHost;
  #log: TaskContext["log"] | undefined;
  #checkpoint: TaskContext["checkpoint"] | undefined;
  #artifacts: TaskContext["artifacts"] | undefined;
  #files: TaskContext["files"] | undefined;
  /** The handler has returned, thrown, or resolved. */
  #ended = false;
  #warned: Set<string> | undefined;

  constructor(host: ContextHost) {
    this.#host = host;
  }

  static end(context: TaskContext): void {
    if (#host in context) context.#ended = true;
  }

  /** Each warning once: a handler may say the same wrong thing a thousand times a second. */
  #warn(faults: readonly string[]): void {
    for (const fault of faults) {
      this.#warned ??= new Set();
      if (this.#warned.has(fault) || this.#warned.size >= WARNINGS) continue;
      this.#warned.add(fault);
      this.#host.log("warn", fault, undefined);
    }
  }

  get task() {
    return this.#host.task;
  }

  get fence() {
    return this.#host.fence;
  }

  get signal() {
    return this.#host.signal;
  }

  // Arrow functions, so that a handler may take them out of the context.
  readonly progress = (update: number | ProgressUpdate): void => {
    // A timer that the handler forgot: an error thrown into it would end the program.
    if (this.#ended) return;
    this.#host.assertOpen();
    const { value, faults } = readProgress(update);
    this.#host.progress(value);
    if (faults.length > 0) this.#warn(faults);
  };

  readonly submit = (
    type: string | TaskRef,
    parameters: unknown,
    options: SubmitOptions = {},
  ): Promise<string> =>
    handled(async () => {
      this.#host.assertOpen();
      const taskType = typeof type === "string" ? type : type.name;
      return this.#host.submit({ ...options, taskType, parameters });
    });

  get log() {
    const host = this.#host;
    const at = (level: LogLevel) => (message: string, fields?: JsonObject) => {
      if (this.#ended) return;
      host.assertOpen();
      host.log(level, readMessage(message), readFields(fields));
    };
    this.#log ??= { info: at("info"), warn: at("warn"), error: at("error") };
    return this.#log;
  }

  get checkpoint() {
    const host = this.#host;
    this.#checkpoint ??= {
      get(): JsonValue | undefined {
        return host.checkpoint === undefined ? undefined : JSON.parse(host.checkpoint);
      },
      set: (value) =>
        handled(async () => {
          host.assertOpen();
          const encoded = encodeJson(value, { maxBytes: LIMITS.checkpointBytes });
          if (!encoded.ok) throw new TypeError(`The checkpoint ${encoded.fault}.`);
          await host.setCheckpoint(encoded.json ?? "null");
        }),
    };
    return this.#checkpoint;
  }

  get artifacts() {
    const host = this.#host;
    this.#artifacts ??= {
      put: (name, data, mediaType = DEFAULT_MEDIA_TYPE) =>
        handled(async () => {
          host.assertOpen();
          checkArtifact(name, data, mediaType);
          return host.putArtifact(name, data, mediaType);
        }),
    };
    return this.#artifacts;
  }

  get files() {
    const host = this.#host;
    this.#files ??= {
      open: (id) =>
        handled(async () => {
          host.assertOpen();
          if (typeof id !== "string") throw new TypeError("The id of a file must be a text.");
          return host.openFile(id);
        }),
    };
    return this.#files;
  }
}

export function createContext(host: ContextHost): TaskContext {
  return new HandlerContext(host);
}

/** The handler has ended: what it still says is left out instead of thrown back into a timer that it forgot. */
export function endContext(context: TaskContext): void {
  HandlerContext.end(context);
}

/** A handler may choose not to wait; then a refusal, which its attempt shows anyway, must not end the program. */
function handled<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  const answer = work();
  answer.catch(() => undefined);
  return answer;
}

/** Throws TypeError that says what is wrong with the arguments of a put. */
function checkArtifact(name: unknown, data: unknown, mediaType: unknown): void {
  const isNamed = typeof name === "string" && name !== "";
  if (!isNamed || cleanText(name, LIMITS.artifactNameLength) !== name) {
    throw new TypeError(
      `The name of an artifact must be a well-formed string of 1 to ${LIMITS.artifactNameLength} bytes.`,
    );
  }
  if (typeof data !== "string" && !(data instanceof Uint8Array) && !(data instanceof Readable)) {
    throw new TypeError(
      `The data of artifact "${name}" must be a string, a Uint8Array or a Readable stream.`,
    );
  }
  if (
    typeof mediaType !== "string" ||
    mediaType.length > LIMITS.mediaTypeLength ||
    !MEDIA_TYPE.test(mediaType)
  ) {
    throw new TypeError(`The media type of artifact "${name}" must be one such as "text/csv".`);
  }
}
