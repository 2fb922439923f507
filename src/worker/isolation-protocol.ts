// What worker and isolated thread say to each other over their port. Plain data: everything here can be cloned.
import type { Json } from "../model/json.js";
import type { FileId, LogLevel } from "../model/task.js";
import type { OpenFile, TaskContext } from "../task/context.js";
import { Discard } from "../task/control.js";
import { textProperty, thrownMessage } from "../task/thrown.js";
import type { AbortReason } from "./classify.js";
import { AttemptOver, type SubmitCall } from "./context.js";
import type { Said } from "./report-buffer.js";

/** What a thread is started with. */
export interface ThreadRun {
  readonly port: import("node:worker_threads").MessagePort;
  /** URL of the module that exports the task type. */
  readonly module: string;
  readonly parameters: Json;
  readonly task: TaskContext["task"];
  readonly fence: number;
  readonly timeout: number;
  readonly checkpoint: Json | undefined;
}

/** What the thread asks for; each is answered. */
export type Call =
  | { readonly verb: "checkpoint"; readonly checkpoint: Json }
  | {
      readonly verb: "artifact";
      readonly name: string;
      readonly mediaType: string;
      /** Absent: a stream; its chunks are pulled. */
      readonly data?: Uint8Array | string;
    }
  | { readonly verb: "file"; readonly id: FileId }
  | { readonly verb: "submit"; readonly call: SubmitCall };

export type FromThread =
  | { readonly kind: "progress"; readonly said: Said }
  | {
      readonly kind: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Json | undefined;
    }
  | { readonly kind: "call"; readonly number: number; readonly call: Call }
  /** The next part of the stream of call `number`; absent at its end. */
  | { readonly kind: "chunk"; readonly number: number; readonly data?: Uint8Array; readonly error?: Fault };

export type ToThread =
  | { readonly kind: "abort"; readonly reason: AbortReason }
  | { readonly kind: "answer"; readonly number: number; readonly value: unknown }
  | { readonly kind: "refusal"; readonly number: number; readonly fault: Fault }
  | { readonly kind: "pull"; readonly number: number };

/** An upload as it is told to a thread, which opens it itself. */
export type FileAnswer = Omit<OpenFile, "stream">;

/** An error as plain data. */
export interface Fault {
  readonly kind: "discard" | "over" | "other";
  readonly name: string;
  readonly message: string;
}

export function toFault(error: unknown): Fault {
  const kind = error instanceof Discard ? "discard" : error instanceof AttemptOver ? "over" : "other";
  return { kind, name: textProperty(error, "name") ?? "Error", message: thrownMessage(error) };
}

export function toError({ kind, name, message }: Fault): Error {
  if (kind === "discard") return new Discard(message);
  if (kind === "over") return new AttemptOver(message);
  return Object.assign(new Error(message), { name });
}
