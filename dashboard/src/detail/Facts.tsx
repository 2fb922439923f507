// The details of a task: type, queue, worker, dates, tags and retry links.
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatDuration } from "../../../src/model/time.js";
import type { WireTask } from "../lib/api.js";
import { formatAbsolute, formatInstant } from "../lib/format.js";
import { useWorkerName } from "./useWorkerName.js";

export function Facts({ task, now }: { readonly task: WireTask; readonly now: number }) {
  const nameOf = useWorkerName();
  const navigate = useNavigate({ from: "/tasks" });
  return (
    <dl className="facts">
      <Fact name="Type">{task.task_type}</Fact>
      <Fact name="Queue">
        {task.queue}, priority {task.priority}
      </Fact>
      {task.worker && <Fact name="Worker">{nameOf(task.worker)}</Fact>}
      <Fact name="Attempt">
        {task.attempt} of {task.max_attempts}, up to {formatDuration(task.timeout_ms)}
      </Fact>
      {task.crashes > 0 && <Fact name="Crashes">{task.crashes}</Fact>}
      <Fact name="Created" title={formatAbsolute(task.created_at)}>
        {formatInstant(task.created_at, now)}
      </Fact>
      {task.run_at && (
        <Fact name="Scheduled for" title={formatAbsolute(task.run_at)}>
          {formatInstant(task.run_at, now)}
        </Fact>
      )}
      {task.expires_at &&
        task.started_at === null &&
        (task.status === "PENDING" || task.reason === "expired") && (
          <Fact
            name={task.reason === "expired" ? "Expired" : "Expires"}
            title={formatAbsolute(task.expires_at)}
          >
            {formatInstant(task.expires_at, now)}
          </Fact>
        )}
      {task.completed_at && (
        <Fact name="Finished" title={formatAbsolute(task.completed_at)}>
          {formatInstant(task.completed_at, now)}
        </Fact>
      )}
      {task.tags.length > 0 && (
        <Fact name="Tags">
          {task.tags.map((tag) => (
            <Link
              key={tag}
              className="tag"
              to="/tasks"
              search={{ tag }}
              title={`Show tasks with this tag. Alt- or Shift-click leaves them out.`}
              onClick={(event) => {
                if (!event.altKey && !event.shiftKey) return;
                event.preventDefault();
                void navigate({ to: "/tasks", search: ({ tag: _tag, ...old }) => ({ ...old, notTag: tag }) });
              }}
            >
              {tag}
            </Link>
          ))}
        </Fact>
      )}
      <Linked name="Retry of" id={task.retry_of} />
      <Linked name="Retried by" id={task.retried_by} />
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly title?: string;
  readonly children: ReactNode;
}

function Fact({ name, title, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd title={title ?? (typeof children === "string" ? children : undefined)}>{children}</dd>
    </div>
  );
}

function Linked({ name, id }: { readonly name: string; readonly id: string | null }) {
  if (!id) return null;
  return (
    <Fact name={name} title={id}>
      <Link to="/tasks/$taskId" params={{ taskId: id }} search={(old) => old} className="mono">
        …{id.slice(-12)}
      </Link>
    </Fact>
  );
}
