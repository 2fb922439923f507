// What a handler in a thread or process asks the worker for: numbered calls, a bounded number of them under way, and
// streams whose parts the worker pulls.
import type { Readable } from "node:stream";
import type { Artifact } from "../model/task.js";
import {
  type Call,
  type FileAnswer,
  type FromHost,
  type ToHost,
  toError,
  toFault,
} from "./isolation-protocol.js";

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Calls that wait for an answer at a time; the handler's further ones wait here. */
const MAX_UNDER_WAY = 64;

export function createCalls(send: (message: FromHost) => void) {
  const pending = new Map<number, Pending>();
  const streams = new Map<number, AsyncIterator<unknown>>();
  const waiting: (() => void)[] = [];
  let calls = 0;

  async function sendChunk(number: number): Promise<void> {
    try {
      const next = await streams.get(number)?.next();
      if (!next || next.done) return send({ kind: "chunk", number });
      const { value } = next;
      send({
        kind: "chunk",
        number,
        data: value instanceof Uint8Array ? value : Buffer.from(String(value)),
      });
    } catch (error) {
      send({ kind: "chunk", number, error: toFault(error) });
    }
  }

  function end(number: number): Pending | undefined {
    const call = pending.get(number);
    pending.delete(number);
    streams.delete(number);
    waiting.shift()?.();
    return call;
  }

  return {
    /** For one attempt. `before` is called ahead of each of its calls. */
    forRun(before: () => void): (call: Call, stream?: Readable) => Promise<unknown> {
      return (call, stream) => {
        const answer = new Promise<unknown>((resolve, reject) => {
          const begin = () => {
            const number = ++calls;
            pending.set(number, { resolve, reject });
            if (stream) streams.set(number, stream[Symbol.asyncIterator]());
            before();
            send({ kind: "call", number, call });
          };
          if (pending.size < MAX_UNDER_WAY) begin();
          else waiting.push(begin);
        });
        // A handler may choose not to wait; a refusal must not count as a stray error then.
        answer.catch(() => undefined);
        return answer;
      };
    },
    hear(message: ToHost & { readonly kind: "answer" | "refusal" | "pull" }): void {
      switch (message.kind) {
        case "answer":
          end(message.number)?.resolve(message.value);
          break;
        case "refusal":
          end(message.number)?.reject(toError(message.fault));
          break;
        case "pull":
          void sendChunk(message.number);
      }
    },
  };
}

/** Answers come from the same program's worker: these only tell the checker what they are. */
export function expectArtifact(value: unknown): Artifact {
  if (isRecord<Artifact>(value, "sha256")) return value;
  throw new TypeError("the worker returned no artifact");
}

export function expectFile(value: unknown): FileAnswer {
  if (isRecord<FileAnswer>(value, "path")) return value;
  throw new TypeError("the worker returned no file");
}

function isRecord<T>(value: unknown, key: keyof T): value is T {
  return typeof value === "object" && value !== null && key in value;
}
