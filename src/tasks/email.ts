// The task type email: one message per recipient over SMTP; recipients already served are never sent a second one.
import { AttemptFailed, Discard, defineTask, type OpenFile, type TaskContext } from "../index.js";
import { Ledger } from "./email/ledger.js";
import { type Parameters, parameters, type Result, result } from "./email/parameters.js";
import { connect, type MailServer, readSettings } from "./email/server.js";
import { plural } from "./text.js";

/** Most servers refuse larger messages. */
const MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024;

export const email = defineTask({
  name: "email",
  description:
    "Sends a message to each recipient through the SMTP server in TASKWRIGHT_SMTP_URL. A retry skips recipients who " +
    "have already been served.",
  input: parameters,
  output: result,
  timeout: "1h",
  environment: ["TASKWRIGHT_SMTP_URL", "TASKWRIGHT_SMTP_FROM"],
  // A server that defers a message expects a longer pause than seconds.
  retry: { base: "30s", max: "15m" },
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
    const ledger = new Ledger(given.recipients, context);
    // Saved before the first message, so that every retry uses the same Message-IDs.
    await ledger.save();
    const server = await connect(url, context.signal);
    try {
      await serve(server, ledger, { ...given, from, attachments }, context);
    } finally {
      server.close();
    }
    if (ledger.sent === 0) {
      const first = ledger.result().recipients[0]?.error ?? "";
      throw new Discard(`No recipient could be served: ${first}`, { result: ledger.result() });
    }
    return ledger.result();
  },
});

interface Mailing extends Omit<Parameters, "attachments"> {
  readonly from: string;
  readonly attachments: readonly OpenFile[];
}

/** Returns once every recipient is served or permanently refused. Throws AttemptFailed if some are left for a retry. */
async function serve(
  server: MailServer,
  ledger: Ledger,
  mailing: Mailing,
  context: TaskContext,
): Promise<void> {
  const { from, subject, text, html, attachments } = mailing;
  report(ledger, context);
  for (const position of ledger.open) {
    const to = ledger.addresses[position] ?? "";
    const messageId = ledger.messageId(position);
    const delivery = await server.send({ from, to, messageId, subject, text, html, attachments });
    switch (delivery.outcome) {
      case "sent":
        await ledger.served(position);
        break;
      case "refused":
        await ledger.refuse(position, delivery.error);
        context.log.warn(`${to} was permanently refused: ${delivery.error}`);
        break;
      case "postponed":
        ledger.postpone(position, delivery.error);
        context.log.warn(`${to} was temporarily refused: ${delivery.error}`);
        break;
      case "lost":
        ledger.postpone(position, delivery.error);
        throw new AttemptFailed(`The connection to the mail server was lost: ${delivery.error}`, {
          result: ledger.result(),
        });
      case "misconfigured":
        throw new Discard(`The mail server rejected the login or the sender: ${delivery.error}`, {
          result: ledger.result(),
        });
    }
    report(ledger, context);
  }
  const left = ledger.open.length;
  if (left > 0) {
    throw new AttemptFailed(`${plural(left, "recipient")} could not be served yet`, {
      result: ledger.result(),
    });
  }
}

function report(ledger: Ledger, context: TaskContext): void {
  const message = `${ledger.sent} of ${plural(ledger.addresses.length, "message")} sent`;
  context.progress({
    done: ledger.sent + ledger.refused,
    total: ledger.addresses.length,
    stage: "send",
    message: ledger.refused > 0 ? `${message}, ${ledger.refused} refused` : message,
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
