// The worker's end of the channel to a host: does what the handler asks for, through its attempt, and answers.
import { Readable } from "node:stream";
import type { Attempt } from "./attempt.js";
import {
  type Call,
  type FileAnswer,
  type FromHost,
  type ToHost,
  toError,
  toFault,
} from "./isolation-protocol.js";

export interface Port {
  hear(message: FromHost): void;
  /** The attempt has ended: nothing more is answered, and streams without a source end. */
  close(): void;
}

export function openPort(attempt: Attempt, send: (message: ToHost) => void): Port {
  const streams = new Map<number, Readable>();
  let isClosed = false;

  function hear(message: FromHost): void {
    switch (message.kind) {
      case "report":
        report(message);
        reply({ kind: "reported" });
        break;
      case "call":
        void answer(message.number, message.call);
        break;
      case "chunk":
        if (message.error) streams.get(message.number)?.destroy(toError(message.error));
        else streams.get(message.number)?.push(message.data ?? null);
    }
  }

  /** An attempt that has lost its task takes nothing more; the handler hears so from what it asks for. */
  function report({ said, lines, dropped }: FromHost & { readonly kind: "report" }): void {
    if (attempt.over) return;
    for (const { at, ...rest } of said) attempt.progress(rest, at);
    for (const { level, message, fields, at } of lines) attempt.log(level, message, fields, at);
    if (dropped === 0) return;
    const note = `${dropped} lines were dropped here: more than 4 MB were waiting to be stored`;
    attempt.log("warn", note, undefined);
  }

  async function answer(number: number, call: Call): Promise<void> {
    try {
      attempt.assertOpen();
      reply({ kind: "answer", number, value: await perform(number, call) });
    } catch (error) {
      reply({ kind: "refusal", number, fault: toFault(error) });
    } finally {
      streams.delete(number);
    }
  }

  async function perform(number: number, call: Call): Promise<unknown> {
    switch (call.verb) {
      case "checkpoint":
        return attempt.setCheckpoint(call.checkpoint);
      case "artifact":
        return attempt.putArtifact(call.name, pulled(number), call.mediaType);
      case "file": {
        const { id, name, mediaType, sizeBytes, sha256, path } = await attempt.openFile(call.id);
        const file: FileAnswer = { id, name, mediaType, sizeBytes, sha256, path };
        return file;
      }
      case "submit":
        return attempt.submit(call.call);
    }
  }

  /** Bytes that the host holds, asked for one part at a time, so that neither side holds them all. */
  function pulled(number: number): Readable {
    const stream = new Readable({ read: () => reply({ kind: "pull", number }) });
    streams.set(number, stream);
    return stream;
  }

  function reply(message: ToHost): void {
    if (!isClosed) send(message);
  }

  return {
    hear,
    close() {
      isClosed = true;
      for (const stream of streams.values()) stream.destroy(new Error("the handler that wrote it has ended"));
    },
  };
}
