// The side navigation: all pages, and the server's address and version.
import { useQuery } from "@tanstack/react-query";
import { healthQuery, statsQuery } from "../data/queries.js";
import { BASE_PATH } from "../lib/base.js";
import { formatCount, formatStore } from "../lib/format.js";
import { hasSession, signOut } from "../lib/session.js";
import { PlainLink } from "../parts/PlainLink.js";
import { toastError } from "../parts/toasts.js";
import {
  DocsIcon,
  FAILED_ITEM,
  GuideIcon,
  type NavItem,
  NEW_ITEM,
  QUEUES_ITEM,
  TASKS_ITEM,
  useCurrentItem,
  WORKERS_ITEM,
} from "./nav-items.js";

export function Rail() {
  const { data: stats } = useQuery(statsQuery);
  const { data: health } = useQuery(healthQuery);
  return (
    <aside className="rail">
      <PlainLink className="brand" to="/tasks" current={false} aria-label="Taskwright">
        <Mark />
        <span>Taskwright</span>
      </PlainLink>
      <nav className="nav" aria-label="Pages">
        <RailLink item={TASKS_ITEM} count={stats?.counts.RUNNING} />
        <RailLink item={FAILED_ITEM} count={stats?.counts.FAILED} />
        <RailLink item={QUEUES_ITEM} />
        <RailLink item={WORKERS_ITEM} />
      </nav>
      <nav className="nav" aria-label="Tools">
        <RailLink item={NEW_ITEM} />
        <a href={`${BASE_PATH}/guide/index.html`} aria-label="Documentation">
          <GuideIcon className="i" aria-hidden />
          <span>Documentation</span>
        </a>
        <a href={`${BASE_PATH}/docs`} aria-label="API docs">
          <DocsIcon className="i" aria-hidden />
          <span>API docs</span>
        </a>
      </nav>
      <div className="rail-foot">
        {hasSession() && (
          <button
            type="button"
            className="as-link"
            onClick={() => void signOut().catch((error: unknown) => toastError("Couldn't sign out.", error))}
          >
            Sign out
          </button>
        )}
        <span>
          <code>
            {location.host}
            {BASE_PATH}
          </code>
        </span>
        <span className="version">
          {health && `Version ${health.version} · ${formatStore(health.store)}`}
        </span>
      </div>
    </aside>
  );
}

function RailLink({ item, count }: { readonly item: NavItem; readonly count?: number | undefined }) {
  const current = useCurrentItem();
  return (
    <PlainLink
      to={item.to}
      {...(item.search && { search: item.search })}
      current={item === current && "page"}
      aria-label={item.name}
    >
      <item.icon className="i" aria-hidden />
      <span>{item.name}</span>
      {count ? (
        <span key={count} className="count">
          {formatCount(count)}
        </span>
      ) : null}
    </PlainLink>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <rect x="2" y="3" width="9" height="4" rx=".75" />
      <rect x="6" y="8" width="12" height="4" rx=".75" />
      <rect x="11" y="13" width="5" height="4" rx=".75" />
    </svg>
  );
}
