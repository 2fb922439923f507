// The rail: every page that exists, and which server this is.
import { useQuery } from "@tanstack/react-query";
import { healthQuery, statsQuery } from "../data/queries.js";
import { BASE_PATH } from "../lib/base.js";
import { formatCount, formatStore } from "../lib/format.js";
import { PlainLink } from "../parts/PlainLink.js";
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
        <RailLink place={TASKS_ITEM} count={stats?.counts.RUNNING} />
        <RailLink place={FAILED_ITEM} count={stats?.counts.FAILED} />
        <RailLink place={QUEUES_ITEM} />
        <RailLink place={WORKERS_ITEM} />
      </nav>
      <nav className="nav" aria-label="Tools">
        <RailLink place={NEW_ITEM} />
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

function RailLink({ place, count }: { readonly place: NavItem; readonly count?: number | undefined }) {
  const here = useCurrentItem();
  return (
    <PlainLink
      to={place.to}
      {...(place.search && { search: place.search })}
      current={place === here && "page"}
      aria-label={place.name}
    >
      <place.icon className="i" aria-hidden />
      <span>{place.name}</span>
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
