// The list's filters as stored in the URL, which is their only place.
import { STATUSES, type Status } from "../../../src/model/status.js";
import type { WireEvent, WireTask } from "../lib/api.js";

export interface TaskSearch {
  readonly status?: Status;
  readonly type?: string;
  readonly queue?: string;
  readonly tag?: string;
  /** Id of the worker that runs or has run the task. */
  readonly worker?: string;
  readonly q?: string;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Keeps known, valid values and drops the rest. */
export function readTaskSearch(raw: Record<string, unknown>): TaskSearch {
  const status = STATUSES.find((known) => known === raw.status);
  const [type, queue, tag, q] = [text(raw.type), text(raw.queue), text(raw.tag), text(raw.q)];
  const worker = text(raw.worker);
  return {
    ...(status && { status }),
    ...(type && { type }),
    ...(queue && { queue }),
    ...(tag && { tag }),
    ...(worker && { worker }),
    ...(q && { q }),
  };
}

/** The same filters as an API query. */
export function toListQuery(search: TaskSearch, cursor: string | null) {
  return {
    ...(search.status && { status: search.status }),
    ...(search.type && { task_type: search.type }),
    ...(search.queue && { queue: search.queue }),
    ...(search.tag && { tag: search.tag }),
    ...(search.worker && { worker: search.worker }),
    ...(search.q && { q: search.q }),
    ...(cursor && { cursor }),
    limit: 50,
  };
}

type EventTask = NonNullable<WireEvent["task"]>;

/** True if a task from the event stream belongs in the list. Fields missing from the event count as matching. */
export function matches(search: TaskSearch, task: EventTask | WireTask): boolean {
  if (search.status && task.status !== search.status) return false;
  if (search.type && task.task_type !== search.type) return false;
  if (search.queue && task.queue !== search.queue) return false;
  if (search.tag && task.tags && !task.tags.includes(search.tag)) return false;
  if (search.worker && task.worker !== undefined && task.worker !== search.worker) return false;
  if (!search.q) return true;
  const wanted = search.q.toLowerCase();
  return (
    task.id.startsWith(wanted) ||
    [task.summary, task.task_type, task.error_message].some((part) => part?.toLowerCase().includes(wanted))
  );
}

/** "status FAILED, type email": describes the filters, for an empty list. */
export function describeSearch(search: TaskSearch): string {
  return [
    search.status && `status ${search.status}`,
    search.type && `type ${search.type}`,
    search.queue && `queue ${search.queue}`,
    search.tag && `tag ${search.tag}`,
    search.worker && `worker …${search.worker.slice(-12)}`,
    search.q && `text “${search.q}”`,
  ]
    .filter(Boolean)
    .join(", ");
}
