// The five statuses and what a pending task waits for. Not how a store keeps them: status is derived from where a task lies.

/** Every status, in the order people read them. */
export const STATUSES = ["PENDING", "RUNNING", "SUCCESS", "FAILED", "CANCELLED"] as const;
export type Status = (typeof STATUSES)[number];

/** The statuses that never change again. */
export const FINISHED_STATUSES = ["SUCCESS", "FAILED", "CANCELLED"] as const;
export type FinishedStatus = (typeof FINISHED_STATUSES)[number];

/** What keeps a PENDING task from running. */
export const WAITING_FOR = ["worker", "time", "retry", "dependencies", "limit", "pause", "handler"] as const;
export type WaitingFor = (typeof WAITING_FOR)[number];

/** Why a task was cancelled. */
export const CANCEL_REASONS = [
  "user",
  "expired",
  "superseded",
  "dependency",
  "skipped",
  "overlap",
  "workflow",
  "bulk",
] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number];

export function isFinished(status: Status): status is FinishedStatus {
  return status === "SUCCESS" || status === "FAILED" || status === "CANCELLED";
}
