// The options of a submit, from their names on the wire to those of the queue. The queue checks them.
import type { SubmitOptions } from "../task/submit.js";
import type { WireRetryRequest } from "./wire.js";

export function submitOptions(
  wire: Omit<WireRetryRequest, "parameters" | "again">,
): Omit<SubmitOptions, "id"> {
  const { run_at: runAt, max_attempts: maxAttempts, ...same } = wire;
  return {
    ...same,
    ...(runAt !== undefined && { runAt: new Date(runAt) }),
    ...(maxAttempts !== undefined && { maxAttempts }),
  };
}
