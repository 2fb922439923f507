// What the worker and a thread or process that runs handlers for it say to each other. Plain data: everything here can
// be cloned. The same over both transports.
import type { ErrorCode } from "../model/errors.js";
import type { Json } from "../model/json.js";
import type { FileId, LogLevel } from "../model/task.js";
import type { Instant } from "../model/time.js";
import type { OpenFile, TaskContext } from "../task/context.js";
import { Discard, NotStored } from "../task/control.js";
import { textProperty, thrownMessage } from "../task/thrown.js";
import type { AbortReason } from "./classify.js";
import { AttemptOver, type SubmitCall } from "./context.js";
import type { Said } from "./report-buffer.js";
import type { Ending } from "./run-handler.js";

/** One attempt to run. The next one comes after this one has ended. */
export interface Run {
  /** URL of the module that exports the task type. */
  readonly module: string;
  readonly parameters: Json;
  readonly task: TaskContext["task"];
  readonly fence: number;
  readonly timeout: number;
  readonly checkpoint: Json | undefined;
}

/** What a host is started with. */
export interface HostSettings {
  /** Loaded before the first attempt asks for it. */
  readonly module: string;
  /** Processes only. */
  readonly limits?: ProcessLimits;
}

/** What the watchdog of a process guards. */
export interface ProcessLimits {
  /** The process that it ends with. */
  readonly parent: number;
  /** Resident bytes. */
  readonly memory: number;
  /** Bytes in `folder`. */
  readonly scratch: number;
  readonly folder: string;
}

/** What a watchdog says before it ends its process. */
export interface Exceeded {
  readonly limit: "memory" | "scratch";
  /** Bytes. */
  readonly used: number;
}

/** Progress, with the moment of the last thing said. */
export interface SaidAt extends Said {
  readonly at: Instant;
}

export interface Line {
  readonly at: Instant;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Json | undefined;
}

/** What a handler asks for; each is answered. */
export type Call =
  | { readonly verb: "checkpoint"; readonly checkpoint: Json }
  /** Its chunks are pulled. */
  | { readonly verb: "artifact"; readonly name: string; readonly mediaType: string }
  | { readonly verb: "file"; readonly id: FileId }
  | { readonly verb: "submit"; readonly call: SubmitCall };

export type FromHost =
  /** What the handler has said since the last report, progress first. Answered by `reported`. */
  | {
      readonly kind: "report";
      readonly said: readonly SaidAt[];
      readonly lines: readonly Line[];
      /** Lines that found no room. */
      readonly dropped: number;
    }
  | { readonly kind: "call"; readonly number: number; readonly call: Call }
  /** The next part of the stream of call `number`; absent at its end. */
  | { readonly kind: "chunk"; readonly number: number; readonly data?: Uint8Array; readonly error?: Fault }
  /**
   * `isLoaded`: the module and the type in it were found. `isClean`: the attempt left nothing behind, and the host can
   * run another one.
   */
  | { readonly kind: "ended"; readonly ending: Ending; readonly isLoaded: boolean; readonly isClean: boolean }
  /** Code of an attempt that has ended failed. The host is done for. */
  | { readonly kind: "stray"; readonly message: string };

export type ToHost =
  | { readonly kind: "run"; readonly run: Run }
  | { readonly kind: "abort"; readonly reason: AbortReason }
  | { readonly kind: "reported" }
  | { readonly kind: "answer"; readonly number: number; readonly value: unknown }
  | { readonly kind: "refusal"; readonly number: number; readonly fault: Fault }
  | { readonly kind: "pull"; readonly number: number };

/** An upload as a host gets it; the host opens it itself. */
export type FileAnswer = Omit<OpenFile, "stream">;

/** An error as plain data. */
export type Fault = { readonly message: string } & (
  | { readonly kind: "discard" | "over" }
  | { readonly kind: "not_stored"; readonly code: ErrorCode }
  | { readonly kind: "other"; readonly name: string }
);

export function toFault(error: unknown): Fault {
  const message = thrownMessage(error);
  if (error instanceof Discard) return { kind: "discard", message };
  if (error instanceof AttemptOver) return { kind: "over", message };
  if (error instanceof NotStored) return { kind: "not_stored", code: error.code, message };
  return { kind: "other", name: textProperty(error, "name") ?? "Error", message };
}

export function toError(fault: Fault): Error {
  const { message } = fault;
  switch (fault.kind) {
    case "discard":
      return new Discard(message);
    case "over":
      return new AttemptOver(message);
    case "not_stored":
      return new NotStored(fault.code, message);
    case "other":
      return Object.assign(new Error(message), { name: fault.name });
  }
}
