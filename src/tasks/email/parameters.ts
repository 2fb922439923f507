// Parameters and result of email.
import { z } from "zod";
import { fileId } from "../../index.js";
import { isRecipient, readSender } from "./address.js";
import { senderRefusal } from "./settings.js";

/** Limit for all addresses together, so that the result, which repeats them, stays within its size limit. */
const MAX_ADDRESS_CHARACTERS = 64_000;
/** Header values must not contain line breaks, which would allow injecting headers. */
const oneLine = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\r\n\0]*$/, "must be one line");

export const parameters = z.strictObject({
  from: oneLine(320)
    .superRefine((from, refinement) => {
      if (refinement.issues.length > 0) return;
      const { sender, fault } = readSender(from);
      // Refused here where the server knows the setting, otherwise by the worker that does.
      const message = fault ?? senderRefusal(sender);
      if (message !== undefined) refinement.addIssue({ code: "custom", message });
    })
    .optional()
    .meta({
      title: "From",
      description:
        "Sender address, with or without a name. Default: TASKWRIGHT_SMTP_FROM, the user in TASKWRIGHT_SMTP_URL, or this machine.",
      examples: ["Shop <shop@example.org>"],
    }),
  recipients: z
    .array(
      z
        .string()
        .max(254)
        .refine(isRecipient, "must be an e-mail address such as ada@example.org")
        .meta({ format: "idn-email" }),
    )
    .min(1)
    .max(1000)
    .refine((addresses) => addresses.join("").length <= MAX_ADDRESS_CHARACTERS, {
      message: `must have at most ${MAX_ADDRESS_CHARACTERS} characters in total`,
    })
    .meta({
      title: "Recipients",
      description:
        "One message per address; duplicates are ignored, also if only the case of the domain differs.",
      examples: [["ada@example.org", "grace@example.org"]],
    }),
  subject: oneLine(998).meta({ title: "Subject", examples: ["Your order has been shipped"] }),
  text: z.string().max(200_000).meta({ title: "Text", description: "Message as plain text." }),
  html: z
    .string()
    .max(200_000)
    .optional()
    .meta({ title: "HTML", description: "Message as HTML, in addition to the plain text." }),
  attachments: z
    .array(fileId({ title: "Attachment", description: "Uploaded file." }))
    .max(20)
    .optional()
    .meta({ title: "Attachments", description: "Uploaded files, up to 25 MB in total." }),
  resend_unknown: z
    .boolean()
    .default(false)
    .meta({
      title: "Send again if unknown",
      description:
        "Send again to recipients for whom it is unknown whether the mail server accepted the message. They may get it " +
        "twice; by default they are left out. For a retry.",
    }),
});

export type Parameters = z.output<typeof parameters>;

const recipient = z.object({
  address: z.string(),
  status: z
    .enum(["sent", "refused", "unknown", "pending"])
    .describe(
      "sent: accepted by the mail server. refused: permanently rejected (5xx). unknown: perhaps sent; the connection " +
        "or the attempt ended after the message and before the server's answer. pending: not sent yet.",
    ),
  message_id: z.string().optional().describe("Message-ID of the message, if it was or may have been sent."),
  error: z.string().optional().describe("Response of the mail server."),
});

export const result = z.object({
  sent: z.int(),
  failed: z.int().describe("Number of recipients the mail server permanently refused."),
  unknown: z
    .int()
    .describe("Number of recipients for whom it is unknown whether the mail server accepted the message."),
  recipients: z.array(recipient),
});

export type Recipient = z.output<typeof recipient>;
export type Result = z.output<typeof result>;
