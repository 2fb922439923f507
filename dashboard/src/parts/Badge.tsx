// A status badge: glyph, word and tint together, never colour alone.
import type { Status } from "../../../src/model/status.js";
import type { WireTask } from "../lib/api.js";
import { Glyph, type GlyphProps } from "./Glyph.js";

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  PENDING: "Pending",
  RUNNING: "Running",
  SUCCESS: "Success",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
};

/** Attributes that select the colours inside an element: see styles/tokens.css. */
export function stateOf({ status, waitingFor, reason }: GlyphProps): Record<string, string | undefined> {
  return {
    "data-status": status,
    "data-waiting": waitingFor ?? undefined,
    "data-reason": reason ?? undefined,
  };
}

/** What a badge shows of a task. */
export function lookOf(task: WireTask): GlyphProps {
  return {
    status: task.status,
    waitingFor: task.waiting_for,
    reason: task.reason,
    progress: task.progress,
  };
}

export function Badge(props: GlyphProps & { readonly large?: boolean }) {
  return (
    <span className={props.large ? "badge badge-large" : "badge"} {...stateOf(props)}>
      <Glyph {...props} />
      {STATUS_WORDS[props.status]}
    </span>
  );
}
