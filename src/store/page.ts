// What a page of tasks is, apart from where its rows come from: bounds on ids, what a filter lets through, its total.
import { idFloor, type TaskId } from "../model/id.js";
import { LIMITS } from "../model/limits.js";
import { STATUSES, type Status } from "../model/status.js";
import type { Task } from "../model/task.js";
import type { Instant } from "../model/time.js";
import { decodeCursor } from "./cursor.js";
import type { PageRequest, TaskFilter, TaskPage } from "./store.js";

/** How much one page may look at, where the filter has no index. */
export const BOUND = { tasks: 20_000, millis: 50 } as const;
/** How far an id's time may lie before or after the moment its task was stored (LIMITS.callerIdAge, and clocks that differ). */
const ID_TIME = { before: LIMITS.callerIdAge + 3_600_000, after: 3_600_000 } as const;
/** Sorts behind every id. */
const LAST_ID = "~";

/** Lanes whose ranges of an index are merged; a list over more of them goes through all tasks, and looks at a bounded number. */
const MOST_LANES = 200;
/** Waiting tasks that are read and sorted by id; there is no order by id among them. */
const MOST_WAITING = 20_000;

/** Tasks of a tag, or of places, up to which they are few enough to look at all of them. */
export const FEW_TASKS = 5_000;

/** Tasks of one lane by status. */
export interface LaneCounts extends Readonly<Record<Status, number>> {
  readonly queue: string;
  readonly taskType: string;
}

/** Where the page begins: behind the cursor, or where the first task of the wanted time can be. */
export function startOf(filter: TaskFilter, { cursor, order }: PageRequest): TaskId {
  if (cursor !== undefined) return decodeCursor(cursor, filter, order);
  if (order === "oldest") return filter.createdAfter === undefined ? "" : oldestId(filter.createdAfter);
  const before = Math.min(filter.createdBefore ?? Infinity, filter.completedBefore ?? Infinity);
  return before === Infinity ? LAST_ID : newestId(before);
}

/** Where no task of the wanted time can be any more. */
export function endOf(filter: TaskFilter, order: PageRequest["order"]): TaskId {
  if (order === "newest") return filter.createdAfter === undefined ? "" : oldestId(filter.createdAfter);
  const before = Math.min(filter.createdBefore ?? Infinity, filter.completedBefore ?? Infinity);
  return before === Infinity ? LAST_ID : newestId(before);
}

function oldestId(createdAt: Instant): TaskId {
  return idFloor(createdAt - ID_TIME.before);
}

function newestId(createdAt: Instant): TaskId {
  return idFloor(createdAt + ID_TIME.after);
}

export function isWithinIds(id: TaskId, end: TaskId, order: PageRequest["order"]): boolean {
  return order === "newest" ? id >= end : id <= end;
}

/** Where a list looks for tasks of its statuses: through all tasks, or in a few places that together hold all of them. */
export interface Places {
  /** All tasks by id. Nothing else is needed then. */
  readonly all: boolean;
  /** Lanes that hold such tasks, as the filter wants them. */
  readonly lanes: readonly LaneCounts[];
  /** "lanes": by lane; "all": all that waits, or all of that status. */
  of(status: Status): "lanes" | "all";
}

export function placesOf(filter: TaskFilter, totals: readonly LaneCounts[]): Places {
  const statuses = statusesOf(filter);
  const lanes = totals.filter(
    (lane) =>
      isAmong(lane.queue, filter.queues) &&
      isAmong(lane.taskType, filter.taskTypes) &&
      statuses.some((status) => lane[status] > 0),
  );
  const isNarrow = !isEmpty(filter.taskTypes) || !isEmpty(filter.queues);
  const byLane = isNarrow && lanes.length <= MOST_LANES;
  const waiting = (byLane ? lanes : totals).reduce((sum, lane) => sum + lane.PENDING, 0);
  const isLong = (status: Status) =>
    (status === "PENDING" && waiting > MOST_WAITING) || (status === "SUCCESS" && lanes.length > MOST_LANES);
  return {
    all: (statuses.length === STATUSES.length && !isNarrow) || statuses.some(isLong),
    lanes,
    of: (status) => (byLane || status === "SUCCESS" ? "lanes" : "all"),
  };
}

/** How many tasks a list looks at that goes through these places. */
function sizeOf(filter: TaskFilter, places: Places, totals: readonly LaneCounts[]): number {
  if (places.all) return Infinity;
  return statusesOf(filter).reduce((sum, status) => {
    const lanes = places.of(status) === "lanes" ? places.lanes : totals;
    return sum + lanes.reduce((inLanes, lane) => inLanes + lane[status], 0);
  }, 0);
}

/** How a list with tags is read: through one tag, or through its places; counts decide where they may differ. */
export interface TagChoice {
  readonly tags: readonly string[];
  /** Few tasks are there without looking at tags. */
  readonly hasFewElsewhere: boolean;
}

/** Undefined where no tags are filtered. */
export function tagChoiceOf(
  filter: TaskFilter,
  places: Places,
  totals: readonly LaneCounts[],
): TagChoice | undefined {
  if (filter.tags === undefined || filter.tags.length === 0) return undefined;
  return {
    tags: [...new Set(filter.tags)],
    hasFewElsewhere: sizeOf(filter, places, totals) <= FEW_TASKS,
  };
}

/** With one tag, and many tasks elsewhere, there is nothing to count. */
export function needsCounts({ tags, hasFewElsewhere }: TagChoice): boolean {
  return tags.length > 1 || hasFewElsewhere;
}

/** The tag to go through: the rarest; undefined where the places hold fewer. `counts`: of each tag, up to and with FEW_TASKS + 1. */
export function rarestTag(
  { tags, hasFewElsewhere }: TagChoice,
  counts: readonly number[],
): string | undefined {
  let rarest: string | undefined;
  let fewest = Infinity;
  for (const [position, tag] of tags.entries()) {
    const count = counts[position] ?? Infinity;
    if (rarest !== undefined && count >= fewest) continue;
    rarest = tag;
    fewest = count;
  }
  return hasFewElsewhere && fewest > FEW_TASKS ? undefined : rarest;
}

export function statusesOf({ status }: TaskFilter): readonly Status[] {
  return isEmpty(status) ? STATUSES : [...new Set(status)];
}

/** Rollups know it exactly where only status, task types and queues are filtered; otherwise what was seen. */
export function total(filter: TaskFilter, totals: readonly LaneCounts[], seen: number): TaskPage["total"] {
  const { status, taskTypes, queues, ...others } = filter;
  const isCounted = Object.values(others).every(
    (value) => value === undefined || (Array.isArray(value) && value.length === 0),
  );
  if (!isCounted) return { value: seen, relation: "at_least" };
  const statuses = statusesOf({ status });
  let value = 0;
  for (const lane of totals) {
    if (!isAmong(lane.queue, queues) || !isAmong(lane.taskType, taskTypes)) continue;
    for (const wanted of statuses) value += lane[wanted];
  }
  return { value, relation: "exact" };
}

export function matches(task: Task, filter: TaskFilter): boolean {
  return (
    isAmong(task.status, filter.status) &&
    isAmong(task.taskType, filter.taskTypes) &&
    isAmong(task.queue, filter.queues) &&
    (filter.tags ?? []).every((tag) => task.tags.includes(tag)) &&
    (filter.worker === undefined || task.worker === filter.worker) &&
    isWithin(task.createdAt, filter.createdAfter, filter.createdBefore) &&
    isWithin(task.completedAt, filter.completedAfter, filter.completedBefore) &&
    (filter.text === undefined || hasText(task, filter.text.toLowerCase()))
  );
}

/** From `after` on, up to `before` and not including it. */
function isWithin(at: Instant | undefined, after: Instant | undefined, before: Instant | undefined): boolean {
  if (after === undefined && before === undefined) return true;
  return at !== undefined && (after === undefined || at >= after) && (before === undefined || at < before);
}

function hasText(task: Task, text: string): boolean {
  if (task.id.startsWith(text)) return true;
  return [task.summary, task.taskType, task.error?.message].some((part) =>
    part?.toLowerCase().includes(text),
  );
}

/** Bytes of what a page was asked to include of a task. */
export function payloadBytes({ parameters = "", resultData = "" }: Task): number {
  return Buffer.byteLength(parameters) + Buffer.byteLength(resultData);
}

export function isEmpty(list: readonly unknown[] | undefined): boolean {
  return list === undefined || list.length === 0;
}

export function isAmong<T>(value: T, wanted: readonly T[] | undefined): boolean {
  return wanted === undefined || wanted.length === 0 || wanted.includes(value);
}
