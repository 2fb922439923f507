// The entry of an isolated thread: loads the module of a task type, runs its handler, and passes everything that the
// handler says to its context over a port. Compiled code only; modules written in TypeScript are loaded through jiti.
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { MessagePort } from "node:worker_threads";
import type { Artifact } from "../model/task.js";
import type { OpenFile } from "../task/context.js";
import type { TaskType } from "../task/define.js";
import { abortError } from "./attempt.js";
import { AttemptOver, type ContextHost, createContext } from "./context.js";
import { describeError } from "./describe-error.js";
import {
  type Call,
  type FileAnswer,
  type FromThread,
  type ThreadRun,
  type ToThread,
  toError,
  toFault,
} from "./isolation-protocol.js";
import { type Ending, failed, never, runHandler } from "./run-handler.js";

/** Runs one attempt. Never rejects: whatever happens short of the thread's death is an ending. */
export default async function run(start: ThreadRun): Promise<Ending> {
  const host = createPortHost(start);
  try {
    const type = await loadType(start.module, start.task.taskType);
    return await runHandler(type, start.parameters, createContext(host));
  } catch (error) {
    return error instanceof NotLoaded ? never(error.name, error.message) : failed(error);
  } finally {
    host.close();
  }
}

class NotLoaded extends Error {
  override readonly name = "HandlerNotLoaded";
}

async function loadType(module: string, name: string): Promise<TaskType> {
  let exported: unknown;
  try {
    exported = await load(module);
  } catch (error) {
    throw new NotLoaded(`The module ${module} can't be loaded: ${describeError(error).message}`, {
      cause: error,
    });
  }
  const values: unknown[] = typeof exported === "object" && exported !== null ? Object.values(exported) : [];
  const type = values.flat().find((value): value is TaskType => isTaskType(value) && value.name === name);
  if (!type) throw new NotLoaded(`The module ${module} exports no task type called "${name}".`);
  return type;
}

async function load(module: string): Promise<unknown> {
  if (!/\.[cm]?tsx?$/.test(new URL(module).pathname)) return import(module);
  const { createJiti } = await import("jiti");
  return createJiti(import.meta.url).import(module);
}

function isTaskType(value: unknown): value is TaskType {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    "input" in value &&
    "run" in value &&
    typeof value.run === "function"
  );
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

function createPortHost({ port, task, fence, timeout, checkpoint: first }: ThreadRun) {
  const controller = new AbortController();
  const pending = new Map<number, Pending>();
  const streams = new Map<number, AsyncIterator<unknown>>();
  let checkpoint = first;
  let calls = 0;
  let over = false;

  port.on("message", (message: ToThread) => {
    switch (message.kind) {
      case "abort":
        if (message.reason === "lost") over = true;
        controller.abort(abortError(message.reason, { timeout }));
        break;
      case "answer":
        pending.get(message.number)?.resolve(message.value);
        pending.delete(message.number);
        break;
      case "refusal":
        pending.get(message.number)?.reject(toError(message.fault));
        pending.delete(message.number);
        break;
      case "pull":
        void sendChunk(port, message.number, streams.get(message.number));
    }
  });

  function send(message: FromThread): void {
    port.postMessage(message);
  }

  function ask(call: Call, stream?: Readable): Promise<unknown> {
    const number = ++calls;
    if (stream) streams.set(number, stream[Symbol.asyncIterator]());
    const answer = new Promise<unknown>((resolve, reject) => pending.set(number, { resolve, reject }));
    // A handler may choose not to wait; a refusal must not end the thread then.
    answer.catch(() => undefined);
    send({ kind: "call", number, call });
    return answer.finally(() => streams.delete(number));
  }

  const host: ContextHost & { close(): void } = {
    task,
    fence,
    signal: controller.signal,
    get checkpoint() {
      return checkpoint;
    },
    assertOpen() {
      if (over)
        throw new AttemptOver(
          `Task ${task.id} is over for this attempt; its context can't be used any more.`,
        );
    },
    progress: (said) => send({ kind: "progress", said }),
    log: (level, message, fields) => send({ kind: "log", level, message, fields }),
    async setCheckpoint(value) {
      checkpoint = value;
      await ask({ verb: "checkpoint", checkpoint: value });
    },
    async putArtifact(name, data, mediaType) {
      const answer =
        data instanceof Readable
          ? await ask({ verb: "artifact", name, mediaType }, data)
          : await ask({ verb: "artifact", name, mediaType, data });
      return expectArtifact(answer);
    },
    async openFile(id) {
      return withStream(expectFile(await ask({ verb: "file", id })));
    },
    async submit(call) {
      return String(await ask({ verb: "submit", call }));
    },
    close() {
      over = true;
      port.close();
    },
  };
  return host;
}

async function sendChunk(
  port: MessagePort,
  number: number,
  stream: AsyncIterator<unknown> | undefined,
): Promise<void> {
  try {
    const next = await stream?.next();
    const message: FromThread =
      !next || next.done
        ? { kind: "chunk", number }
        : {
            kind: "chunk",
            number,
            data: next.value instanceof Uint8Array ? next.value : Buffer.from(String(next.value)),
          };
    port.postMessage(message);
  } catch (error) {
    const message: FromThread = { kind: "chunk", number, error: toFault(error) };
    port.postMessage(message);
  }
}

function withStream(file: FileAnswer): OpenFile {
  return { ...file, stream: () => createReadStream(file.path) };
}

/** Answers come from the same program's worker: these only tell the checker what they are. */
function expectArtifact(value: unknown): Artifact {
  if (isRecord<Artifact>(value, "sha256")) return value;
  throw new TypeError("the worker answered no artifact");
}

function expectFile(value: unknown): FileAnswer {
  if (isRecord<FileAnswer>(value, "path")) return value;
  throw new TypeError("the worker answered no file");
}

function isRecord<T>(value: unknown, key: keyof T): value is T {
  return typeof value === "object" && value !== null && key in value;
}
