// Submits, from their names on the wire to those of the queue. The queue checks them.
import type { EditChanges, SubmitRequest } from "../queue/queue.js";
import type { SubmitOptions } from "../task/submit.js";
import type { WireEdit, WireRetryRequest, WireSubmit } from "./wire.js";

export function submitRequest(wire: WireSubmit): SubmitRequest {
  const { task_type: taskType, parameters, id, ...options } = wire;
  return { taskType, parameters, ...submitOptions(options), ...(id !== undefined && { id }) };
}

export function submitOptions(
  wire: Omit<WireRetryRequest, "parameters" | "again">,
): Omit<SubmitOptions, "id"> {
  const { run_at: runAt, expires_in: expiresIn, max_attempts: maxAttempts, ...same } = wire;
  return {
    ...same,
    ...(runAt !== undefined && { runAt: new Date(runAt) }),
    ...(expiresIn !== undefined && { expiresIn }),
    ...(maxAttempts !== undefined && { maxAttempts }),
  };
}

export function editChanges(wire: WireEdit): EditChanges {
  const { run_at: runAt, expires_in: expiresIn, max_attempts: maxAttempts, ...same } = wire;
  return {
    ...same,
    ...(runAt !== undefined && { runAt: runAt === null ? null : new Date(runAt) }),
    ...(expiresIn !== undefined && { expiresIn }),
    ...(maxAttempts !== undefined && { maxAttempts }),
  };
}
