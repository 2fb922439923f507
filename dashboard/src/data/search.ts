// The list's filters as stored in the URL, which is their only place.
import { STATUSES, type Status } from "../../../src/model/status.js";
import type { WireEvent, WireTask } from "../lib/api.js";

/** What the URL may name besides the status: in this order they are described. */
const TEXTS = ["type", "notType", "queue", "tag", "notTag", "worker", "q"] as const;

/** Those with few values. Their words are those of the filter bar. */
export const CHOICES = {
  since: { "1h": "last hour", "24h": "last 24 h", "7d": "last 7 days" },
  ended: { "1h": "last hour", "24h": "last 24 h", "7d": "last 7 days" },
  waiting: { worker: "a worker", handler: "a handler", time: "their time", retry: "a retry" },
  retried: { no: "not retried" },
  order: { oldest: "oldest first", completed: "ended last first" },
} as const;

export type ChoiceName = keyof typeof CHOICES;

export type TaskSearch = {
  readonly status?: Status;
} & { readonly [Name in (typeof TEXTS)[number]]?: string } & {
  readonly [Name in ChoiceName]?: string;
};

const CHOICE_NAMES = [
  "since",
  "ended",
  "waiting",
  "retried",
  "order",
] as const satisfies readonly ChoiceName[];

/** Keeps known, valid values and drops the rest. */
export function readTaskSearch(raw: Record<string, unknown>): TaskSearch {
  const status = STATUSES.find((known) => known === raw.status);
  const kept: Partial<Record<Exclude<keyof TaskSearch, "status">, string>> = {};
  for (const name of TEXTS) {
    const value = raw[name];
    if (typeof value === "string" && value !== "") kept[name] = value;
  }
  for (const name of CHOICE_NAMES) {
    const value = raw[name];
    if (typeof value === "string" && value in CHOICES[name]) kept[name] = value;
  }
  return { ...(status && { status }), ...kept };
}

/** Only these are sorted by their end. */
export function hasEndOrder({ status }: TaskSearch): boolean {
  return status === "FAILED" || status === "CANCELLED";
}

/** The same filters as an API query; undefined values are not sent. */
export function toListQuery(search: TaskSearch, cursor: string | null) {
  const { order } = search;
  const isByEnd = order === "completed" && hasEndOrder(search);
  return {
    status: search.status,
    task_type: search.type,
    not_task_type: search.notType,
    queue: search.queue,
    tag: search.tag,
    not_tag: search.notTag,
    worker: search.worker,
    q: search.q,
    created_after: search.since,
    completed_after: search.ended,
    waiting_for: search.waiting,
    ...(search.retried === "no" && { retried: false }),
    ...(isByEnd && { order: "completed" as const }),
    ...(order === "oldest" && { order: "oldest" as const }),
    ...(cursor && { cursor }),
    limit: 50,
  };
}

type EventTask = NonNullable<WireEvent["task"]>;

/** True if a task from the event stream belongs on top of the list. Fields missing from the event count as matching. */
export function matches(search: TaskSearch, task: EventTask | WireTask): boolean {
  if (search.order || search.ended) return false;
  if (search.status && task.status !== search.status) return false;
  if (search.type && task.task_type !== search.type) return false;
  if (search.notType === task.task_type) return false;
  if (search.queue && task.queue !== search.queue) return false;
  if (search.tag && task.tags && !task.tags.includes(search.tag)) return false;
  if (search.notTag && task.tags?.includes(search.notTag)) return false;
  if (search.worker && task.worker !== undefined && task.worker !== search.worker) return false;
  if (search.waiting && task.waiting_for !== undefined && task.waiting_for !== search.waiting) return false;
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
    ...chipsOf(search).map(({ words }) => words),
    search.type && `type ${search.type}`,
    search.queue && `queue ${search.queue}`,
    search.q && `text “${search.q}”`,
  ]
    .filter(Boolean)
    .join(", ");
}

export interface Chip {
  readonly name: keyof TaskSearch;
  readonly words: string;
}

const CHIP_WORDS = {
  notType: (type: string) => `not type ${type}`,
  tag: (tag: string) => `tag ${tag}`,
  notTag: (tag: string) => `not tag ${tag}`,
  worker: (worker: string) => `worker …${worker.slice(-6)}`,
} as const;

const PREFIXES = {
  since: "submitted ",
  ended: "ended ",
  waiting: "waiting for ",
  retried: "",
  order: "",
} as const;

/** Filters that are shown as chips, each of which can be removed. */
export function chipsOf(search: TaskSearch): readonly Chip[] {
  const chips: Chip[] = [];
  for (const name of ["notType", "tag", "notTag", "worker"] as const) {
    const value = search[name];
    if (value) chips.push({ name, words: CHIP_WORDS[name](value) });
  }
  for (const name of CHOICE_NAMES) {
    const value = search[name];
    const words = Object.entries(CHOICES[name]).find(([known]) => known === value)?.[1];
    if (words && (name !== "order" || value !== "completed" || hasEndOrder(search))) {
      chips.push({ name, words: PREFIXES[name] + words });
    }
  }
  return chips;
}
