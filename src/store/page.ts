// What a page of tasks is, apart from where its rows come from: bounds on ids, what a filter lets through, its total.
import { idFloor, type TaskId } from "../model/id.js";
import { LIMITS } from "../model/limits.js";
import { STATUSES, type Status } from "../model/status.js";
import type { Task } from "../model/task.js";
import type { Instant } from "../model/time.js";
import { decodeCursor, type Position } from "./cursor.js";
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

/** Orders in which tasks follow each other by id. */
export type IdOrder = Exclude<PageRequest["order"], "completed">;

const UNSUCCESSFUL: readonly Status[] = ["FAILED", "CANCELLED"];

/** What a list in the order of completion looks for: only unsuccessful tasks have that order. Undefined where none is wanted. */
export function unsuccessfulOnly(filter: TaskFilter): TaskFilter | undefined {
  const status = statusesOf(filter).filter((one) => UNSUCCESSFUL.includes(one));
  return status.length === 0 ? undefined : { ...filter, status };
}

/** Where a list in the order of completion begins, and the moment behind which it ends. */
export function rangeOfEnds(
  filter: TaskFilter,
  { cursor, order }: PageRequest,
): { readonly after: Required<Position>; readonly end: Instant } {
  const { id, at } = cursor === undefined ? { id: LAST_ID } : decodeCursor(cursor, filter, order);
  const before = filter.completedBefore ?? Number.MAX_SAFE_INTEGER;
  // No task ends later than before, so none of that moment is left behind.
  return { after: at === undefined ? { at: before, id: "" } : { at, id }, end: filter.completedAfter ?? 0 };
}

/** Where the page behind this task goes on. */
export function positionOf({ id, completedAt }: Task): Position {
  return { id, ...(completedAt !== undefined && { at: completedAt }) };
}

/** How far a list has looked, as its order counts. */
export function searchedUntil({ createdAt, completedAt }: Task, order: PageRequest["order"]): Instant {
  return order === "completed" ? (completedAt ?? createdAt) : createdAt;
}

/** Where the page begins: behind the cursor, or where the first task of the wanted time can be. */
export function startOf(filter: TaskFilter, { cursor }: PageRequest, order: IdOrder): TaskId {
  if (cursor !== undefined) return decodeCursor(cursor, filter, order).id;
  if (order === "oldest") return filter.createdAfter === undefined ? "" : oldestId(filter.createdAfter);
  const before = Math.min(filter.createdBefore ?? Infinity, filter.completedBefore ?? Infinity);
  return before === Infinity ? LAST_ID : newestId(before);
}

/** Where no task of the wanted time can be any more. */
export function endOf(filter: TaskFilter, order: IdOrder): TaskId {
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

export function isWithinIds(id: TaskId, end: TaskId, order: IdOrder): boolean {
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
  /** Of pending tasks: those that are ready, and those that wait for a time. */
  readonly ready: boolean;
  readonly scheduled: boolean;
}

function isLaneWanted({ queue, taskType }: Pick<Task, "queue" | "taskType">, filter: TaskFilter): boolean {
  return (
    isAmong(taskType, filter.taskTypes) &&
    isAmong(queue, filter.queues) &&
    !filter.notTaskTypes?.includes(taskType) &&
    !filter.notQueues?.includes(queue)
  );
}

export function placesOf(filter: TaskFilter, totals: readonly LaneCounts[]): Places {
  const statuses = statusesOf(filter);
  const lanes = totals.filter(
    (lane) => isLaneWanted(lane, filter) && statuses.some((status) => lane[status] > 0),
  );
  const { taskTypes, queues, notTaskTypes, notQueues } = filter;
  const isNarrow = [taskTypes, queues, notTaskTypes, notQueues].some((names) => !isEmpty(names));
  const byLane = isNarrow && lanes.length <= MOST_LANES;
  const waiting = (byLane ? lanes : totals).reduce((sum, lane) => sum + lane.PENDING, 0);
  const { waitingFor } = filter;
  const ready = isAmong("worker", waitingFor);
  const isLong = (status: Status) =>
    (status === "PENDING" && ready && waiting > MOST_WAITING) ||
    (status === "SUCCESS" && lanes.length > MOST_LANES);
  return {
    all: (statuses.length === STATUSES.length && !isNarrow) || statuses.some(isLong),
    lanes,
    of: (status) => (byLane || status === "SUCCESS" ? "lanes" : "all"),
    ready,
    scheduled: isAmong("time", waitingFor) || isAmong("retry", waitingFor),
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

/** The statuses that tasks may have that match; only pending ones wait for anything. */
export function statusesOf({ status, waitingFor }: TaskFilter): readonly Status[] {
  const wanted = isEmpty(status) ? STATUSES : [...new Set(status)];
  return isEmpty(waitingFor) ? wanted : wanted.filter((one) => one === "PENDING");
}

/** Rollups know it exactly where only status, task types and queues are filtered; otherwise what was seen. */
export function total(filter: TaskFilter, totals: readonly LaneCounts[], seen: number): TaskPage["total"] {
  const { status: _s, taskTypes: _t, queues: _q, notTaskTypes: _nt, notQueues: _nq, ...others } = filter;
  const isCounted = Object.values(others).every(
    (value) => value === undefined || (Array.isArray(value) && value.length === 0),
  );
  if (!isCounted) return { value: seen, relation: "at_least" };
  const statuses = statusesOf(filter);
  let value = 0;
  for (const lane of totals) {
    if (!isLaneWanted(lane, filter)) continue;
    for (const wanted of statuses) value += lane[wanted];
  }
  return { value, relation: "exact" };
}

export function matches(task: Task, filter: TaskFilter): boolean {
  return (
    isAmong(task.status, filter.status) &&
    isLaneWanted(task, filter) &&
    (filter.tags ?? []).every((tag) => task.tags.includes(tag)) &&
    !filter.notTags?.some((tag) => task.tags.includes(tag)) &&
    (isEmpty(filter.waitingFor) || isAmong(task.waitingFor, filter.waitingFor)) &&
    (filter.retried === undefined || (task.retriedBy !== undefined) === filter.retried) &&
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

function isEmpty(list: readonly unknown[] | undefined): boolean {
  return list === undefined || list.length === 0;
}

function isAmong<T>(value: T, wanted: readonly T[] | undefined): boolean {
  return wanted === undefined || wanted.length === 0 || wanted.includes(value);
}
