// A one-line notice across the page that reports a problem and offers an action.
import type { ReactNode } from "react";
import type { Status, WaitingFor } from "../../../src/model/status.js";
import { stateOf } from "./Badge.js";
import { Glyph } from "./Glyph.js";

export interface NoticeProps {
  readonly status?: Status;
  readonly waitingFor?: WaitingFor;
  readonly strong: string;
  readonly children: ReactNode;
  /** Floats above the bottom of the page, so that nothing shifts when it appears and disappears. */
  readonly afloat?: boolean;
  readonly action?: { readonly label: string; readonly onClick: () => void };
}

export function Notice({ status = "PENDING", waitingFor, strong, children, afloat, action }: NoticeProps) {
  return (
    <div className={afloat ? "notice afloat" : "notice"} role="status" {...stateOf({ status, waitingFor })}>
      <span className="glyph">
        <Glyph status={status} waitingFor={waitingFor} />
      </span>
      <span>
        <b className="strong">{strong}</b> <span className="ink-2">{children}</span>
      </span>
      {action && (
        <button type="button" className="btn btn-small" onClick={action.onClick}>
          {action.label}
        </button>
      )}
    </div>
  );
}
