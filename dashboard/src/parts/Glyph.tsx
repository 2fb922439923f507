// The glyphs of the statuses, and the hatching of failures. Drawn here because no icon set has them.
import type { CSSProperties } from "react";
import type { CancelReason, Status, WaitingFor } from "../../../src/model/status.js";

const shapes = {
  pending: <circle cx="8" cy="8" r="5" strokeWidth="1.75" />,
  time: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 5v3.25l2.25 1.5" />
    </>
  ),
  dependencies: (
    <>
      <circle cx="3.75" cy="8" r="2.5" fill="currentColor" stroke="none" />
      <path d="M6.5 8h3" />
      <circle cx="12" cy="8" r="2.25" />
    </>
  ),
  limit: (
    <>
      <path d="M3.2 11.5a5.75 5.75 0 1 1 9.6 0" />
      <path d="M8 9.5l2.5-3.25" />
    </>
  ),
  pause: <path d="M5.75 4v8M10.25 4v8" strokeWidth="2" />,
  retry: (
    <>
      <path d="M13 8.5A5 5 0 1 1 11.6 4.5l1.4 1.4" />
      <path d="M13.1 2.7v3.3H9.8" />
    </>
  ),
  handler: (
    <>
      <circle cx="8" cy="8" r="5.25" strokeDasharray="2.4 1.72" />
      <circle cx="8" cy="8" r="1.25" fill="currentColor" stroke="none" />
    </>
  ),
  running: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <circle
        className="pie"
        cx="8"
        cy="8"
        r="1.75"
        strokeWidth="3.5"
        strokeLinecap="butt"
        pathLength="100"
        transform="rotate(-90 8 8)"
      />
    </>
  ),
  success: <path d="M3 8.4l3.4 3.4L13 4.6" strokeWidth="2" />,
  failed: <path d="M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6" strokeWidth="2" />,
  cancelled: (
    <>
      <circle cx="8" cy="8" r="5.25" />
      <path d="M4.4 11.6l7.2-7.2" />
    </>
  ),
  expired: <path d="M4.5 2.75h7M4.5 13.25h7M5.5 2.75V5L8 8l-2.5 3v2.25M10.5 2.75V5L8 8l2.5 3v2.25" />,
} as const;

type Shape = keyof typeof shapes;

/** Sets the custom property for how far a bar or ring is filled, in percent. */
export function fill(percent: number): CSSProperties {
  return { "--p": percent };
}

function shapeOf({ status, waitingFor, reason }: GlyphProps): Shape {
  switch (status) {
    case "PENDING":
      return waitingFor === null || waitingFor === undefined || waitingFor === "worker"
        ? "pending"
        : waitingFor;
    case "RUNNING":
      return "running";
    case "SUCCESS":
      return "success";
    case "FAILED":
      return "failed";
    case "CANCELLED":
      return reason === "expired" ? "expired" : "cancelled";
  }
}

export interface GlyphProps {
  readonly status: Status;
  readonly waitingFor?: WaitingFor | null | undefined;
  /** Why it is CANCELLED. */
  readonly reason?: CancelReason | null | undefined;
  /** 0–100; fills the ring of RUNNING. */
  readonly progress?: number;
}

export function Glyph(props: GlyphProps) {
  return (
    <svg className="g" viewBox="0 0 16 16" aria-hidden="true" style={fill(props.progress ?? 35)}>
      {shapes[shapeOf(props)]}
    </svg>
  );
}

/** Defines the hatch pattern that lanes refer to; rendered once per page. */
export function HatchPattern() {
  return (
    <svg className="sprite" aria-hidden="true">
      <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect className="hatch-paper" width="4" height="4" />
        <rect className="hatch-line" width="2" height="4" />
      </pattern>
    </svg>
  );
}
