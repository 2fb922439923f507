// The context that a handler is given: checks and encodes what it says and passes it to a host, which is the attempt
// itself, or a port to it from an isolated thread. Members are made on first use: most handlers use few of them.
import type { Readable } from "node:stream";
import { cleanText, type Json, type JsonValue } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import type { Artifact, FileId, LogLevel } from "../model/task.js";
import type { JsonObject, OpenFile, ProgressUpdate, TaskContext } from "../task/context.js";
import type { SubmitOptions } from "../task/submit.js";
import { encodeJson } from "./encode-result.js";
import type { Said } from "./report-buffer.js";

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

class HandlerContext implements TaskContext {
  readonly #host: ContextHost;
  #log: TaskContext["log"] | undefined;
  #checkpoint: TaskContext["checkpoint"] | undefined;
  #artifacts: TaskContext["artifacts"] | undefined;
  #files: TaskContext["files"] | undefined;

  constructor(host: ContextHost) {
    this.#host = host;
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
    this.#host.assertOpen();
    this.#host.progress(said(update));
  };

  readonly submit = async (
    taskType: string,
    parameters: JsonObject,
    options: SubmitOptions = {},
  ): Promise<string> => {
    this.#host.assertOpen();
    return this.#host.submit({ ...options, taskType, parameters });
  };

  get log() {
    const host = this.#host;
    const at = (level: LogLevel) => (message: string, fields?: JsonObject) => {
      host.assertOpen();
      host.log(level, cleanText(String(message), LIMITS.logLineBytes), logFields(fields));
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
      async set(value) {
        host.assertOpen();
        const encoded = encodeJson(value, LIMITS.checkpointBytes);
        if (!encoded.ok) throw new TypeError(`The checkpoint ${encoded.fault}.`);
        await host.setCheckpoint(encoded.json ?? "null");
      },
    };
    return this.#checkpoint;
  }

  get artifacts() {
    const host = this.#host;
    this.#artifacts ??= {
      async put(name, data, mediaType = DEFAULT_MEDIA_TYPE) {
        host.assertOpen();
        const clean = cleanText(name, LIMITS.artifactNameLength);
        if (clean === "" || clean !== name) {
          throw new TypeError(
            `An artifact's name must be a well-formed text of 1 to ${LIMITS.artifactNameLength} bytes.`,
          );
        }
        return host.putArtifact(name, data, mediaType);
      },
    };
    return this.#artifacts;
  }

  get files() {
    const host = this.#host;
    this.#files ??= {
      async open(id) {
        host.assertOpen();
        return host.openFile(id);
      },
    };
    return this.#files;
  }
}

export function createContext(host: ContextHost): TaskContext {
  return new HandlerContext(host);
}

/** Progress in bounds: what makes no sense (NaN, a total of 0) is left out rather than failing the work. */
function said(update: number | ProgressUpdate): Said {
  if (typeof update === "number") return percentOf(update);
  const { percent, done, total, message, stage } = update;
  const share = percent ?? (done !== undefined && total ? (100 * done) / total : undefined);
  return {
    ...(share === undefined ? {} : percentOf(share)),
    ...(message === undefined ? {} : { message: String(message) }),
    ...(stage === undefined ? {} : { stage: String(stage) }),
  };
}

function percentOf(percent: number): Said {
  return Number.isNaN(percent) ? {} : { percent: Math.min(100, Math.max(0, percent)) };
}

/** Fields that can't be kept say so in their place: a log line must never fail the work. */
function logFields(fields: JsonObject | undefined): Json | undefined {
  if (fields === undefined) return undefined;
  const encoded = encodeJson(fields, LIMITS.logLineBytes);
  return encoded.ok ? encoded.json : JSON.stringify({ fields_dropped: `what was given ${encoded.fault}` });
}
