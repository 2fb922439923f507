// The task type email: one message per recipient over SMTP. A recipient who was served, or perhaps was, gets no second one.
import { Aborted, AttemptFailed, Discard, defineTask, type OpenFile, type TaskContext } from "../index.js";
import type { Sender } from "./email/address.js";
import { Ledger } from "./email/ledger.js";
import { type Parameters, parameters, type Result, result } from "./email/parameters.js";
import { type MailServer, openMailServer } from "./email/server.js";
import { readSettings } from "./email/settings.js";
import { plural } from "./text.js";

/** Most servers refuse larger messages. */
const MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024;

export const email = defineTask({
  name: "email",
  description:
    "Sends a message to each recipient through the SMTP server in TASKWRIGHT_SMTP_URL. A retry skips recipients who " +
    "have already been served, or may have been.",
  input: parameters,
  output: result,
  // Every command has its own time limit, of up to ten minutes: this one is for a thousand recipients of a slow server.
  timeout: "24h",
  environment: ["TASKWRIGHT_SMTP_URL", "TASKWRIGHT_SMTP_FROM", "TASKWRIGHT_SMTP_FROM_ALLOWED"],
  // 1, 2, 4, 8, 16, 30 and 30 minutes: a server that defers unknown senders (greylisting) wants 5 to 15 minutes to pass.
  retry: { maxAttempts: 8, base: "1m", factor: 2, max: "30m", jitter: false },
  retryParameters: ["resend_unknown"],
  summary: ({ subject, recipients }) =>
    `“${subject.slice(0, 120)}” to ${plural(recipients.length, "recipient")}`,
  examples: [
    {
      title: "A message to two people",
      parameters: {
        recipients: ["ada@example.org", "grace@example.org"],
        subject: "Hello from Taskwright",
        text: "This message was sent by a background task.",
      },
    },
  ],
  async run(given, context): Promise<Result> {
    const { url, from } = readSettings(given.from);
    const attachments = await openAttachments(given.attachments ?? [], context);
    const ledger = new Ledger(given.recipients, given.resend_unknown, context);
    if (ledger.unknown > 0) context.log.warn(aboutUnknown(ledger, given.resend_unknown));
    // Saved before the first message, so that every retry uses the same Message-IDs.
    await ledger.save();
    const server = await openMailServer({
      url,
      signal: context.signal,
      onReconnect: (error) =>
        context.log.info(`the mail server ended the connection; reconnecting: ${error}`),
    });
    try {
      await serve(server, ledger, { ...given, from, attachments }, context);
    } catch (error) {
      throw withResult(error, ledger.result());
    } finally {
      await server.close();
    }
    conclude(ledger, given);
    return ledger.result();
  },
});

interface Mailing extends Omit<Parameters, "attachments" | "from"> {
  readonly from: Sender;
  readonly attachments: readonly OpenFile[];
}

/** Returns once each recipient was tried. Throws AttemptFailed where the server is unusable for now. */
async function serve(
  server: MailServer,
  ledger: Ledger,
  mailing: Mailing,
  context: TaskContext,
): Promise<void> {
  report(ledger, context);
  for (const position of ledger.open) {
    await serveOne(server, ledger, position, mailing, context);
    report(ledger, context);
    context.signal.throwIfAborted();
  }
}

async function serveOne(
  server: MailServer,
  ledger: Ledger,
  position: number,
  mailing: Mailing,
  context: TaskContext,
): Promise<void> {
  const { from, subject, text, html, attachments } = mailing;
  const to = ledger.addresses[position] ?? "";
  const message = { from, to, messageId: ledger.messageId(position), subject, text, html, attachments };
  const delivery = await server
    .send(message, () => ledger.committing(position))
    .catch(async (error: unknown) => {
      // The end of the message did not go out. Where that can't be stored, it stays "perhaps sent".
      await ledger.postpone(position, "The attempt ended before the message was sent").catch(() => undefined);
      throw error;
    });
  switch (delivery.outcome) {
    case "sent":
      return ledger.served(position);
    case "refused":
      context.log.warn(`${to} was permanently refused: ${delivery.error}`);
      return ledger.refuse(position, delivery.error);
    case "postponed":
      context.log.warn(`${to} was temporarily refused: ${delivery.error}`);
      return ledger.postpone(position, delivery.error);
    case "unknown":
      await ledger.lose(position, delivery.error);
      context.log.warn(`the message to ${to} may or may not have been accepted: ${delivery.error}`);
      // A server that answers for no message would leave every recipient in doubt.
      if (!delivery.worked) throw lost(delivery.error);
      return;
    case "lost":
      await ledger.postpone(position, delivery.error);
      throw lost(delivery.error);
    case "misconfigured":
      throw new Discard(`The mail server rejected the login or the sender: ${delivery.error}`);
  }
}

function lost(error: string): AttemptFailed {
  return new AttemptFailed(`The connection to the mail server was lost: ${error}`);
}

/** Throws where recipients are left for a retry, in doubt, or all refused. */
function conclude(ledger: Ledger, given: Parameters): void {
  const result = ledger.result();
  const left = ledger.open.length;
  if (left > 0) {
    const error = result.recipients.find(({ status }) => status === "pending")?.error;
    const why = error === undefined ? "" : `: ${error}`;
    throw new AttemptFailed(`${plural(left, "recipient")} could not be served yet${why}`, { result });
  }
  if (ledger.unknown > 0) {
    const message = aboutUnknown(ledger, given.resend_unknown);
    // The sender decides whether a message twice is better than none.
    throw given.resend_unknown ? new AttemptFailed(message, { result }) : new Discard(message, { result });
  }
  if (ledger.sent === 0) {
    const first = result.recipients[0]?.error ?? "";
    throw new Discard(`No recipient could be served: ${first}`, { result });
  }
}

function aboutUnknown(ledger: Ledger, isResent: boolean): string {
  const first = ledger.result().recipients.find(({ status }) => status === "unknown")?.address ?? "";
  const others = ledger.unknown > 1 ? ` and ${plural(ledger.unknown - 1, "other recipient")}` : "";
  const what = `the mail server may or may not have accepted the message to ${first}${others}`;
  return isResent
    ? `It is unknown whether it was sent: ${what}; resend_unknown is set, so it is sent again`
    : `It is unknown whether it was sent: ${what}. It is not sent again unless the task is retried with the parameter ` +
        "resend_unknown: true";
}

/** What was achieved goes into the result also where the attempt fails or is stopped. */
function withResult(error: unknown, result: Result): unknown {
  if (error instanceof AttemptFailed) return new AttemptFailed(error.message, { cause: error.cause, result });
  if (error instanceof Discard) return new Discard(error.message, { cause: error.cause, result });
  if (error instanceof Aborted) return new Aborted(error.reason, error.message, { result });
  return error;
}

function report(ledger: Ledger, context: TaskContext): void {
  const message = `${ledger.sent} of ${plural(ledger.addresses.length, "message")} sent`;
  const others = [
    ...(ledger.refused > 0 ? [`, ${ledger.refused} refused`] : []),
    ...(ledger.unknown > 0 ? [`, ${ledger.unknown} unknown`] : []),
  ];
  context.progress({
    done: ledger.addresses.length - ledger.open.length,
    total: ledger.addresses.length,
    stage: "send",
    message: `${message}${others.join("")}`,
  });
}

async function openAttachments(ids: readonly string[], context: TaskContext): Promise<readonly OpenFile[]> {
  const files = await Promise.all(ids.map((id) => context.files.open(id)));
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (bytes > MAX_ATTACHMENT_BYTES) {
    throw new Discard(
      `The attachments have ${bytes} bytes in total; the limit is ${MAX_ATTACHMENT_BYTES} bytes`,
    );
  }
  return files;
}
