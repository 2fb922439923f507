// Why a task is where it is, as it crosses the wire.
import type { Explanation, Reason } from "../queue/explain.js";
import { timestamp } from "./task-view.js";
import type { WireExplanation, WireReason } from "./wire.js";

export function explanationView({ sentence, reasons }: Explanation): WireExplanation {
  return { sentence, reasons: reasons.map(reasonView) };
}

function reasonView(reason: Reason): WireReason {
  switch (reason.kind) {
    case "no_handler": {
      const { taskType, ...rest } = reason;
      return { ...rest, task_type: taskType };
    }
    case "time":
      return { kind: "time", until: timestamp(reason.until) };
    case "retry": {
      const { kind, until, attempt, maxAttempts, error = null } = reason;
      return { kind, until: timestamp(until), attempt, max_attempts: maxAttempts, error };
    }
    case "running": {
      const { kind, worker, host = null, since, attempt, maxAttempts } = reason;
      return { kind, worker, host, since: timestamp(since), attempt, max_attempts: maxAttempts };
    }
    case "worker_lost": {
      const { kind, worker, heartbeatAt } = reason;
      return { kind, worker, heartbeat_at: heartbeatAt === undefined ? null : timestamp(heartbeatAt) };
    }
    case "finished": {
      const { kind, status, at, attempts, error = null, reason: cancelReason = null } = reason;
      return { kind, status, at: timestamp(at), attempts, error, reason: cancelReason };
    }
    case "expires":
      return { kind: "expires", at: timestamp(reason.at) };
    case "cancel_requested":
      return { kind: "cancel_requested", at: timestamp(reason.at) };
    case "position":
    case "busy":
    case "suspect":
    case "retried":
      return reason;
  }
}
