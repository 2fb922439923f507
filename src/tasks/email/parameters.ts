// What email takes and answers.
import { z } from "zod";
import { fileId } from "../../index.js";

/** All addresses together, so that the result, which repeats them, stays within its bound. */
const MAX_ADDRESS_CHARACTERS = 64_000;
/** A header ends at a line break, and the next line would be the writer's own header. */
const oneLine = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\r\n\0]*$/, "must be one line");

export const parameters = z.strictObject({
  from: oneLine(320)
    .optional()
    .meta({
      title: "From",
      description:
        "The sender. Default: TASKWRIGHT_SMTP_FROM, the user of TASKWRIGHT_SMTP_URL, or this machine.",
      examples: ["Shop <shop@example.org>"],
    }),
  recipients: z
    .array(z.email().max(254))
    .min(1)
    .max(1000)
    .refine((addresses) => addresses.join("").length <= MAX_ADDRESS_CHARACTERS, {
      message: `must have at most ${MAX_ADDRESS_CHARACTERS} characters together`,
    })
    .meta({
      title: "Recipients",
      description: "Each gets a message of their own; an address that stands twice gets one.",
      examples: [["ada@example.org", "grace@example.org"]],
    }),
  subject: oneLine(998).meta({ title: "Subject", examples: ["Your order has been shipped"] }),
  text: z.string().max(200_000).meta({ title: "Text", description: "The message as plain text." }),
  html: z
    .string()
    .max(200_000)
    .optional()
    .meta({ title: "HTML", description: "The message as HTML, beside the plain text." }),
  attachments: z
    .array(fileId({ title: "Attachment", description: "An uploaded file." }))
    .max(20)
    .optional()
    .meta({ title: "Attachments", description: "Uploaded files, 25 MB together." }),
});

export type Parameters = z.output<typeof parameters>;

const recipient = z.object({
  address: z.string(),
  status: z
    .enum(["sent", "refused", "pending"])
    .describe("sent: the server took it. refused: for good (5xx). pending: not yet."),
  message_id: z.string().optional().describe("Of what was sent."),
  error: z.string().optional().describe("What the server said."),
});

export const result = z.object({
  sent: z.int(),
  failed: z.int().describe("Recipients that the server refused for good."),
  recipients: z.array(recipient),
});

export type Recipient = z.output<typeof recipient>;
export type Result = z.output<typeof result>;
