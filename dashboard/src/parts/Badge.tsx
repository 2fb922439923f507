// A status badge: glyph, word and tint together, never colour alone.
import type { Status } from "../../../src/model/status.js";
import { Glyph, type GlyphProps } from "./Glyph.js";

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  PENDING: "Pending",
  RUNNING: "Running",
  SUCCESS: "Success",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
};

/** Attributes that select the colours inside an element: see styles/tokens.css. */
export function stateOf({ status, waitingFor }: GlyphProps): Record<string, string | undefined> {
  return { "data-status": status, "data-waiting": waitingFor ?? undefined };
}

export function Badge(props: GlyphProps & { readonly large?: boolean }) {
  return (
    <span className={props.large ? "badge badge-large" : "badge"} {...stateOf(props)}>
      <Glyph {...props} />
      {STATUS_WORDS[props.status]}
    </span>
  );
}
