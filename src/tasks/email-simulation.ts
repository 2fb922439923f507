// The task type email_simulation: simulates a mailing without sending anything.
import { z } from "zod";
import { defineTask } from "../index.js";
import { simulate } from "./pace.js";
import { plural } from "./text.js";

const DEFAULT_COUNT = 5;
const count = z.int().min(1).max(10_000).optional();

const input = z
  .strictObject({
    recipient_count: count.meta({
      title: "Recipients",
      description: `Number of simulated recipients, one second each. Default: ${DEFAULT_COUNT}.`,
      examples: [5, 60],
    }),
    count: count.meta({ title: "Count", description: "Alias of recipient_count.", deprecated: true }),
    failure_rate: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .meta({
        title: "Failure rate",
        description: "Share of deliveries that fail, from 0 to 1, spread evenly. Default: 0.",
        examples: [0, 0.2],
      }),
  })
  .refine(
    (given) =>
      given.count === undefined ||
      given.recipient_count === undefined ||
      given.count === given.recipient_count,
    { path: ["count"], message: "must equal recipient_count, of which it is an alias" },
  );

const output = z.object({
  success_count: z.int(),
  failure_count: z.int(),
  sent: z.int().describe("The same as success_count."),
  failed: z.int().describe("The same as failure_count."),
  simulated: z.literal(true),
});

export const emailSimulation = defineTask({
  name: "email_simulation",
  description: "Simulates sending e-mail: one second per recipient, with a configurable failure rate.",
  input,
  output,
  // 10,000 recipients at one second each, with room for a slower pace.
  timeout: "6h",
  summary: (given) => `Simulate ${plural(recipientsOf(given), "e-mail")}`,
  examples: [
    { title: "Five e-mails", parameters: { recipient_count: 5 } },
    { title: "A minute, with one failure in five", parameters: { recipient_count: 60, failure_rate: 0.2 } },
  ],
  async run(given, context) {
    const recipients = recipientsOf(given);
    let failed = 0;
    for (let done = 1; done <= recipients; done++) {
      await simulate(1, context.signal);
      // Fails whenever the expected number of failures among the first `done` recipients reaches the next integer.
      failed = Math.floor(done * given.failure_rate + 1e-9);
      context.progress({
        done,
        total: recipients,
        stage: "send",
        message: `${plural(done - failed, "e-mail")} sent${failed > 0 ? `, ${failed} failed` : ""}`,
      });
    }
    const sent = recipients - failed;
    return {
      success_count: sent,
      failure_count: failed,
      sent,
      failed,
      simulated: true as const,
    };
  },
});

function recipientsOf(given: z.output<typeof input>): number {
  return given.recipient_count ?? given.count ?? DEFAULT_COUNT;
}
