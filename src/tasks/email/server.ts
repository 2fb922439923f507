// The mail server of one attempt: connects when there is something to send, and again where a connection that worked ends.
import { type Connection, type Message, openConnection, TIMEOUTS, type Timeouts } from "./connection.js";
import { type Delivery, judge } from "./delivery.js";
import { loadNodemailer } from "./nodemailer.js";

/** `worked`: the connection had answered for another recipient before. */
export type Sent = Delivery & { readonly worked: boolean };

export interface MailServer {
  /** As `Connection.send`. A message that the server certainly does not have is tried once more on a new connection. */
  send(message: Message, commit: () => Promise<void>): Promise<Sent>;
  close(): Promise<void>;
}

export interface MailServerOptions {
  readonly url: string;
  readonly signal: AbortSignal;
  /** Receives the server's reply, or the error, that ended a connection which is being replaced. */
  readonly onReconnect: (error: string) => void;
  readonly timeouts?: Timeouts;
}

/** Throws Discard where nodemailer is not installed. */
export async function openMailServer(options: MailServerOptions): Promise<MailServer> {
  const { url, signal, onReconnect, timeouts = TIMEOUTS } = options;
  const nodemailer = await loadNodemailer();
  let connection: Connection | undefined;
  let answered = 0;

  async function sendOnce(message: Message, commit: () => Promise<void>): Promise<Sent> {
    const worked = answered > 0;
    try {
      connection ??= await openConnection(nodemailer, url, timeouts, signal);
    } catch (error) {
      signal.throwIfAborted();
      return { ...judge(error, false), worked };
    }
    try {
      const delivery = await connection.send(message, commit);
      if (delivery.outcome === "sent" || isAnswer(delivery)) answered++;
      return { ...delivery, worked };
    } finally {
      if (connection.isClosed) {
        connection = undefined;
        answered = 0;
      }
    }
  }

  return {
    async send(message, commit) {
      const first = await sendOnce(message, commit);
      if (first.outcome !== "lost" || !first.worked) return first;
      onReconnect(first.error);
      return sendOnce(message, commit);
    },
    close: async () => connection?.quit(),
  };
}

function isAnswer({ outcome }: Delivery): boolean {
  return outcome === "refused" || outcome === "postponed";
}
