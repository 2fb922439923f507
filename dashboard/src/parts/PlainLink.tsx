// A link within the dashboard whose current state is set by the caller, not the router: the same page with two filters
// counts as two targets.
import { useLinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Status } from "../../../src/model/status.js";
import type { TaskSearch } from "../data/search.js";

export interface PlainLinkProps {
  readonly to: "/tasks" | "/new" | "/queues" | "/workers";
  readonly search?: TaskSearch;
  readonly current: "page" | "true" | false;
  readonly className?: string;
  readonly "data-status"?: Status;
  readonly "aria-label"?: string;
  readonly children: ReactNode;
}

export function PlainLink({ to, search = {}, current, children, ...rest }: PlainLinkProps) {
  const {
    "aria-current": _current,
    "data-status": _status,
    ...props
  } = { "data-status": "", ...useLinkProps({ to, search }) };
  return (
    <a {...props} {...rest} aria-current={current || undefined}>
      {children}
    </a>
  );
}
