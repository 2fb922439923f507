// The connection to the SMTP server: settings, one message at a time, and what a refusal means.
import { hostname } from "node:os";
import { Discard, type OpenFile } from "../../index.js";
import { loadOptional } from "../optional-package.js";

export interface Message {
  readonly from: string;
  readonly to: string;
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
  readonly attachments: readonly OpenFile[];
}

/** What became of one message. `lost`: the connection, or the server as a whole; asking on is pointless for now. */
export type Delivery =
  | { readonly outcome: "sent" }
  | { readonly outcome: "refused" | "postponed" | "lost" | "misconfigured"; readonly error: string };

export interface MailServer {
  /** Rejects with the signal's reason once it aborts; the connection is closed then. */
  send(message: Message): Promise<Delivery>;
  close(): void;
}

export interface Settings {
  readonly url: string;
  readonly from: string;
}

/** Reads TASKWRIGHT_SMTP_URL and TASKWRIGHT_SMTP_FROM. Throws Discard naming the setting that is missing or wrong. */
export function readSettings(
  from: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Settings {
  const url = environment.TASKWRIGHT_SMTP_URL;
  if (!url) {
    throw new Discard(
      "No mail server is configured. Set TASKWRIGHT_SMTP_URL, for example smtp://user:password@mail.example.org:587",
    );
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^smtps?:$/.test(parsed.protocol) || parsed.hostname === "") {
    throw new Discard("TASKWRIGHT_SMTP_URL must look like smtp://user:password@host:587 or smtps://…");
  }
  const user = decodeURIComponent(parsed.username);
  // As mailers on a machine do: the account, or this machine by its name.
  const account = user.includes("@") ? user : `taskwright@${hostname()}`;
  return { url, from: from ?? environment.TASKWRIGHT_SMTP_FROM ?? account };
}

/** One connection, opened with the first message and kept. Throws Discard where nodemailer is not installed. */
export async function connect(url: string, signal: AbortSignal): Promise<MailServer> {
  const nodemailer = await loadOptional("nodemailer", () => import("nodemailer"));
  const transport = nodemailer.createTransport({
    url,
    pool: true,
    maxConnections: 1,
    maxMessages: Number.POSITIVE_INFINITY,
    // A lost connection fails the attempt: whether to send again is decided here, not below.
    maxRequeues: 0,
    connectionTimeout: 30_000,
    greetingTimeout: 30_000,
    socketTimeout: 60_000,
    disableUrlAccess: true,
  });
  return {
    async send(message) {
      signal.throwIfAborted();
      const attachments = message.attachments.map((file) => ({
        filename: file.name,
        contentType: file.mediaType,
        path: file.path,
      }));
      const { html, to, ...rest } = message;
      try {
        await transport.sendMail({
          ...rest,
          to: { name: "", address: to },
          ...(html !== undefined && { html }),
          attachments,
          signal,
        });
        return { outcome: "sent" };
      } catch (error) {
        signal.throwIfAborted();
        return judge(error);
      }
    },
    close: () => transport.close(),
  };
}

/** By the server's reply code (RFC 5321 §4.2.1) and the command it answered. */
function judge(failure: unknown): Delivery {
  const { code, responseCode, command } = replyOf(failure);
  const error = failure instanceof Error ? failure.message : String(failure);
  if (code === "EAUTH" || code === "ENOAUTH")
    return { outcome: isFinal(responseCode) ? "misconfigured" : "lost", error };
  // 421: the server is closing the channel.
  if ((code !== "EENVELOPE" && code !== "EMESSAGE") || responseCode === 421)
    return { outcome: "lost", error };
  if (command === "MAIL FROM") return { outcome: isFinal(responseCode) ? "misconfigured" : "lost", error };
  return { outcome: isFinal(responseCode) ? "refused" : "postponed", error };
}

/** No code: the message or address was refused before it was offered to the server. */
function isFinal(responseCode: number | undefined): boolean {
  return responseCode === undefined || responseCode >= 500;
}

function replyOf(failure: unknown): {
  readonly code: string | undefined;
  readonly responseCode: number | undefined;
  readonly command: string | undefined;
} {
  const field = (name: string): unknown =>
    typeof failure === "object" && failure !== null ? Reflect.get(failure, name) : undefined;
  const code = field("code");
  const responseCode = field("responseCode");
  const command = field("command");
  return {
    code: typeof code === "string" ? code : undefined,
    responseCode: typeof responseCode === "number" ? responseCode : undefined,
    command: typeof command === "string" ? command : undefined,
  };
}
