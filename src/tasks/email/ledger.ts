// Who was served, and who perhaps was: the record that keeps a retry from sending twice. It is the task's checkpoint.
import { createHash } from "node:crypto";
import { z } from "zod";
import type { TaskContext } from "../../index.js";
import { parseAddress } from "./address.js";
import type { Recipient, Result } from "./parameters.js";

/** Longest answer of the server that is kept, in characters, so that a thousand of them fit. */
const MAX_ERROR = 100;
/** Recorded before the end of a message goes out, so this is what remains if the process dies then. */
const UNANSWERED = "The attempt ended before the server answered";

const noted = z.array(z.object({ position: z.int(), error: z.string() }));

/** Positions in the list of recipients instead of addresses: it is written anew for each message. */
const checkpoint = z.object({
  /** The first task of a chain of retries; Message-IDs are made from it. */
  message_seed: z.string(),
  /** The task whose refusals these are. A manual retry asks those recipients once more. */
  task_id: z.string(),
  sent: z.array(z.int()),
  refused: noted,
  /** Perhaps sent. */
  unknown: noted.default([]),
});

export class Ledger {
  readonly addresses: readonly string[];
  readonly #context: TaskContext;
  readonly #seed: string;
  readonly #sent: Set<number>;
  readonly #refused: Map<number, string>;
  readonly #unknown: Map<number, string>;
  /** Unknown before this attempt, and to be sent again. */
  readonly #again: ReadonlySet<number>;
  readonly #postponed = new Map<number, string>();

  /** Starts from the checkpoint, where there is one. `resendUnknown`: recipients whose outcome is unknown are open. */
  constructor(recipients: readonly string[], resendUnknown: boolean, context: TaskContext) {
    this.addresses = distinct(recipients);
    this.#context = context;
    const before = checkpoint.safeParse(context.checkpoint.get()).data;
    this.#seed = before?.message_seed ?? context.task.id;
    this.#sent = new Set(before?.sent);
    this.#refused = byPosition(before?.task_id === context.task.id ? before.refused : []);
    this.#unknown = byPosition(before?.unknown ?? []);
    this.#again = new Set(resendUnknown ? this.#unknown.keys() : []);
  }

  /** Positions to send to: neither served, nor refused for good, nor perhaps served. */
  get open(): readonly number[] {
    return [...this.addresses.keys()].filter(
      (position) =>
        !this.#sent.has(position) &&
        !this.#refused.has(position) &&
        (!this.#unknown.has(position) || this.#again.has(position)),
    );
  }

  get sent(): number {
    return this.#sent.size;
  }

  get refused(): number {
    return this.#refused.size;
  }

  get unknown(): number {
    return this.#unknown.size;
  }

  /** The same for the same recipient in every attempt and retry, so that a mail program sees a repeated message as one. */
  messageId(position: number): string {
    const digest = createHash("sha256").update(`${this.#seed}\n${this.addresses[position]}`).digest("hex");
    return `<${digest.slice(0, 32)}@taskwright>`;
  }

  /**
   * To be called before the end of a message goes out. Resolves once it is on disk that the server may have the message.
   * Rejects where another attempt has taken over, so that only one of the two sends it.
   */
  async committing(position: number): Promise<void> {
    this.#unknown.set(position, UNANSWERED);
    await this.save();
  }

  /** Resolves once it is on disk that the server took the message. */
  async served(position: number): Promise<void> {
    this.#unknown.delete(position);
    this.#sent.add(position);
    await this.save();
  }

  /** The server will never take it. Resolves once that is on disk. */
  async refuse(position: number, error: string): Promise<void> {
    this.#unknown.delete(position);
    this.#refused.set(position, shorten(error));
    await this.save();
  }

  /** The server did not take it this time. Resolves once it is on disk that it does not have it. */
  async postpone(position: number, error: string): Promise<void> {
    this.#postponed.set(position, shorten(error));
    if (this.#unknown.has(position) && !this.#again.has(position)) {
      this.#unknown.delete(position);
      await this.save();
    }
  }

  /** The server may or may not have it. Resolves once that is on disk. */
  async lose(position: number, error: string): Promise<void> {
    this.#unknown.set(position, shorten(error));
    await this.save();
  }

  async save(): Promise<void> {
    await this.#context.checkpoint.set({
      message_seed: this.#seed,
      task_id: this.#context.task.id,
      sent: [...this.#sent],
      refused: listOf(this.#refused),
      unknown: listOf(this.#unknown),
    });
  }

  result(): Result {
    const recipients = this.addresses.map((address, position): Recipient => {
      const message_id = this.messageId(position);
      if (this.#sent.has(position)) return { address, status: "sent", message_id };
      const refused = this.#refused.get(position);
      if (refused !== undefined) return { address, status: "refused", error: refused };
      const unknown = this.#unknown.get(position);
      if (unknown !== undefined) return { address, status: "unknown", message_id, error: unknown };
      const error = this.#postponed.get(position);
      return { address, status: "pending", ...(error !== undefined && { error }) };
    });
    return { sent: this.sent, failed: this.refused, unknown: this.unknown, recipients };
  }
}

/** One of each mailbox, as it was written first. */
function distinct(addresses: readonly string[]): readonly string[] {
  const byKey = new Map<string, string>();
  for (const address of addresses) {
    const key = parseAddress(address)?.key ?? address;
    if (!byKey.has(key)) byKey.set(key, address);
  }
  return [...byKey.values()];
}

function byPosition(noted: readonly { readonly position: number; readonly error: string }[]) {
  return new Map(noted.map(({ position, error }) => [position, error]));
}

function listOf(map: ReadonlyMap<number, string>) {
  return [...map].map(([position, error]) => ({ position, error }));
}

/** One line of printable ASCII: servers answer in nothing else (RFC 5321 §4.2), and it must fit the result. */
function shorten(error: string): string {
  const line = error.replace(/[^ -~]+/g, " ").trim();
  return line.length <= MAX_ERROR ? line : `${line.slice(0, MAX_ERROR - 3)}...`;
}
