// Whether "Edit and run" with a change is a retry, which continues where the task stopped, or new work from the start.
import type { WireTask, WireTaskType } from "../lib/api.js";

/** The task to retry: an ended one that the changed parameters leave the same, apart from those meant for a retry. */
export function retriedBy(
  again: Pick<WireTask, "id" | "status" | "parameters"> | undefined,
  { retry_parameters }: Pick<WireTaskType, "retry_parameters">,
  parameters: Readonly<Record<string, unknown>>,
): string | undefined {
  if (again?.status !== "FAILED" && again?.status !== "CANCELLED") return undefined;
  const before: Readonly<Record<string, unknown>> = { ...again.parameters };
  const changed = [...new Set([...Object.keys(before), ...Object.keys(parameters)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(parameters[name]),
  );
  const isRetry = changed.length > 0 && changed.every((name) => retry_parameters.includes(name));
  return isRetry ? again.id : undefined;
}
