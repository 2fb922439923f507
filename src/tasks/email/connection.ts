// One connection to an SMTP server, and one message at a time over it. Whether to connect again is decided elsewhere.
import { Readable } from "node:stream";
import { Aborted, type OpenFile } from "../../index.js";
import { defer, wait } from "../pace.js";
import { parseAddress, type Sender } from "./address.js";
import { type Delivery, judge } from "./delivery.js";
import type { Nodemailer } from "./nodemailer.js";

export interface Message {
  readonly from: Sender;
  readonly to: string;
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
  readonly attachments: readonly OpenFile[];
}

export interface Timeouts {
  /** From the first look-up to the end of the server's greeting, in milliseconds. */
  readonly connection: number;
  /** Until the server's greeting. */
  readonly greeting: number;
  /** Silence while commands, the message or its end are answered. */
  readonly silence: number;
}

const MINUTE = 60_000;

/**
 * The minimums of RFC 5321 §4.5.3.2. nodemailer has one limit for silence after the greeting; it is the longest of them,
 * which applies to the answer to a message.
 */
export const TIMEOUTS: Timeouts = { connection: 6 * MINUTE, greeting: 5 * MINUTE, silence: 10 * MINUTE };

/** How long a server may still answer a message that it has in full when the attempt ends, in milliseconds. */
const LAST_ANSWER = { cancel: 100, timeout: 3000, shutdown: 3000, lost: 0 };

/** How long a server may take to answer QUIT, in milliseconds. */
const QUIT_ANSWER = 1000;

export interface Connection {
  /**
   * Calls `commit` when all of the message but its end has been sent; a server takes no message without its end. Rejects
   * with what `commit` rejects with, or with the signal's reason where it aborts before the end; nothing was sent then.
   */
  send(message: Message, commit: () => Promise<void>): Promise<Delivery>;
  /** It takes no further message. */
  readonly isClosed: boolean;
  /** Sends QUIT and closes. Resolves once it is closed. */
  quit(): Promise<void>;
}

/** Connects and logs in. Rejects with why that failed, or with the signal's reason. */
export async function openConnection(
  { Connection: SmtpConnection, Composer, parseUrl }: Nodemailer,
  url: string,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<Connection> {
  signal.throwIfAborted();
  const { auth, ...options } = parseUrl(url);
  const extensions = new Extensions();
  const smtp = new SmtpConnection({
    ...options,
    ...extensions.watching,
    connectionTimeout: timeouts.connection,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.silence,
  });
  const { promise: opened, resolve, reject } = defer<void>();
  // Later errors are those of a message, whose callback receives them too.
  smtp.on("error", reject);
  smtp.once("end", () => reject(new Error("The server closed the connection")));
  const close = () => smtp.close();
  const abort = () => {
    reject(signal.reason);
    close();
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    smtp.connect((failure) => {
      if (failure) reject(failure);
      else if (!auth || !smtp.allowsAuth) resolve();
      else smtp.login(auth, (refusal) => (refusal ? reject(refusal) : resolve()));
    });
    await opened;
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }

  /** Ends the transaction of a message that was refused. A connection that can't even do that is closed. */
  async function reset(): Promise<void> {
    if (smtp.destroyed) return;
    await new Promise<void>((done) => {
      smtp.once("end", done);
      smtp.reset((failure) => {
        smtp.off("end", done);
        if (failure) close();
        done();
      });
    });
  }

  return {
    get isClosed() {
      return smtp.destroyed;
    },
    async quit() {
      if (smtp.destroyed) return;
      const closed = defer<void>();
      smtp.once("end", () => closed.resolve());
      if (!signal.aborted) {
        smtp.quit();
        await Promise.race([closed.promise, wait(QUIT_ANSWER, signal)]);
      }
      close();
    },

    async send(message, commit) {
      signal.throwIfAborted();
      const to = parseAddress(message.to);
      if (!extensions.has("SMTPUTF8")) {
        const error =
          "The mail server does not accept addresses with letters beyond ASCII before the @ (SMTPUTF8)";
        if (message.from.needsUtf8) return { outcome: "misconfigured", error };
        if (to?.needsUtf8) return { outcome: "refused", error };
      }
      const mime = compose(Composer, message);
      let isComplete = false;
      let broken: { readonly cause: unknown } | undefined;
      // Made when the server asks for it: before that a refused message would leave its attachments open.
      async function* parts() {
        try {
          yield* mime.createReadStream();
          await commit();
          signal.throwIfAborted();
          isComplete = true;
        } catch (cause) {
          broken = { cause };
          throw cause;
        }
      }
      const body = Readable.from(parts(), { objectMode: false });
      const { promise: ended, resolve: end, reject: fail } = defer<Delivery>();
      const stop = () => void giveUp();
      async function giveUp(): Promise<void> {
        if (isComplete) await wait(lastAnswer(signal.reason));
        close();
        if (isComplete) end({ outcome: "unknown", error: "The attempt ended before the server answered" });
        else fail(signal.reason);
      }
      signal.addEventListener("abort", stop, { once: true });
      try {
        smtp.send({ from: message.from.address, to: to?.address ?? message.to }, body, (failure) => {
          if (!failure) end({ outcome: "sent" });
          else if (broken) fail(broken.cause);
          else end(judge(failure, isComplete));
        });
        const delivery = await ended;
        if (delivery.outcome === "refused" || delivery.outcome === "postponed") await reset();
        else if (delivery.outcome !== "sent") close();
        return delivery;
      } catch (error) {
        // In the middle of a message: there is no other way to end it.
        close();
        throw error;
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
  };
}

function compose(Composer: Nodemailer["Composer"], { from, to, html, attachments, ...message }: Message) {
  return new Composer({
    ...message,
    from: { name: from.name, address: from.address },
    to: { name: "", address: to },
    ...(html !== undefined && { html }),
    attachments: attachments.map((file) => ({
      filename: file.name,
      contentType: file.mediaType,
      path: file.path,
    })),
    disableUrlAccess: true,
  }).compile();
}

/** The extensions of the server, which nodemailer shows nowhere but in its log of the replies. */
class Extensions {
  #reply = "";

  has(name: string): boolean {
    return new RegExp(`^250[ -]${name}\\b`, "im").test(this.#reply);
  }

  /** Options of a connection. The last reply to EHLO counts: after STARTTLS there is a second one. */
  get watching() {
    const ignore = () => undefined;
    const debug = (entry: object, reply: unknown) => {
      const isReply = "tnx" in entry && entry.tnx === "server";
      if (isReply && typeof reply === "string" && reply.startsWith("250-")) this.#reply = reply;
    };
    const logger = {
      level: ignore,
      trace: ignore,
      debug,
      info: ignore,
      warn: ignore,
      error: ignore,
      fatal: ignore,
    };
    return { transactionLog: true, logger };
  }
}

function lastAnswer(reason: unknown): number {
  return reason instanceof Aborted ? LAST_ANSWER[reason.reason] : 0;
}
