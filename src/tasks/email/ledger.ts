// Who was served: the record that keeps a retry from sending twice. It lives in the task's checkpoint.
import { createHash } from "node:crypto";
import { z } from "zod";
import type { TaskContext } from "../../index.js";
import type { Recipient, Result } from "./parameters.js";

/** Longest answer of the server that is kept, in characters, so that a thousand of them fit. */
const MAX_ERROR = 100;

/** Positions in the list of recipients instead of addresses: it is written anew after each message. */
const checkpoint = z.object({
  /** The first task of a chain of retries; Message-IDs are made from it. */
  message_seed: z.string(),
  /** The task whose refusals these are. A manual retry asks those recipients once more. */
  task_id: z.string(),
  sent: z.array(z.int()),
  refused: z.array(z.object({ position: z.int(), error: z.string() })),
});

export class Ledger {
  readonly addresses: readonly string[];
  readonly #context: TaskContext;
  readonly #seed: string;
  readonly #sent: Set<number>;
  readonly #refused: Map<number, string>;
  readonly #postponed = new Map<number, string>();

  /** Starts from the checkpoint, where there is one. */
  constructor(recipients: readonly string[], context: TaskContext) {
    this.addresses = [...new Set(recipients)];
    this.#context = context;
    const before = checkpoint.safeParse(context.checkpoint.get()).data;
    this.#seed = before?.message_seed ?? context.task.id;
    this.#sent = new Set(before?.sent);
    const refused = before?.task_id === context.task.id ? before.refused : [];
    this.#refused = new Map(refused.map(({ position, error }) => [position, error]));
  }

  /** Positions that are neither served nor refused for good. */
  get open(): readonly number[] {
    return [...this.addresses.keys()].filter(
      (position) => !this.#sent.has(position) && !this.#refused.has(position),
    );
  }

  get sent(): number {
    return this.#sent.size;
  }

  get refused(): number {
    return this.#refused.size;
  }

  /** The same for the same recipient in every attempt and retry, so that a mail program sees a repeated message as one. */
  messageId(position: number): string {
    const digest = createHash("sha256").update(`${this.#seed}\n${this.addresses[position]}`).digest("hex");
    return `<${digest.slice(0, 32)}@taskwright>`;
  }

  /** Resolves once it is on disk that the server took the message. A crash before that repeats it under the same Message-ID. */
  async served(position: number): Promise<void> {
    this.#sent.add(position);
    await this.save();
  }

  /** The server will never take it. Resolves once that is on disk. */
  async refuse(position: number, error: string): Promise<void> {
    this.#refused.set(position, shorten(error));
    await this.save();
  }

  /** Not this time. */
  postpone(position: number, error: string): void {
    this.#postponed.set(position, shorten(error));
  }

  async save(): Promise<void> {
    await this.#context.checkpoint.set({
      message_seed: this.#seed,
      task_id: this.#context.task.id,
      sent: [...this.#sent],
      refused: [...this.#refused].map(([position, error]) => ({ position, error })),
    });
  }

  result(): Result {
    const recipients = this.addresses.map((address, position): Recipient => {
      if (this.#sent.has(position)) {
        return { address, status: "sent", message_id: this.messageId(position) };
      }
      const refused = this.#refused.get(position);
      if (refused !== undefined) return { address, status: "refused", error: refused };
      const error = this.#postponed.get(position);
      return { address, status: "pending", ...(error !== undefined && { error }) };
    });
    return { sent: this.sent, failed: this.refused, recipients };
  }
}

/** One line of printable ASCII: servers answer in nothing else (RFC 5321 §4.2), and it must fit the result. */
function shorten(error: string): string {
  const line = error.replace(/[^ -~]+/g, " ").trim();
  return line.length <= MAX_ERROR ? line : `${line.slice(0, MAX_ERROR - 3)}...`;
}
