// Lists of tasks: everything is looked at, so nothing is bounded and every total is known.
import type { TaskId } from "../../model/id.js";
import { LIMITS } from "../../model/limits.js";
import type { Task } from "../../model/task.js";
import { decodeCursor, encodeCursor, type Position } from "../cursor.js";
import type { PageRequest, TaskFilter, TaskPage } from "../store.js";
import { byId, type State } from "./state.js";
import { viewRow, viewTask } from "./view.js";

export function list(state: State, filter: TaskFilter, page: PageRequest): TaskPage {
  const after = page.cursor === undefined ? undefined : decodeCursor(page.cursor, filter, page.order);
  const inOrder = ORDERS[page.order];
  const matching = [...state.tasks.values()]
    .map((record) => ({ record, task: viewTask(state, record) }))
    .filter(({ task }) => matches(task, filter) && (page.order !== "completed" || isUnsuccessful(task)))
    .sort((a, b) => inOrder(positionOf(a.task), positionOf(b.task)));
  const rest =
    after === undefined ? matching : matching.filter(({ task }) => inOrder(positionOf(task), after) > 0);
  const tasks = bounded(
    rest.slice(0, page.limit).map(({ record, task }) => ({
      ...viewRow(state, record),
      ...(page.include?.includes("parameters") ? { parameters: task.parameters } : {}),
      ...(page.include?.includes("result_data") ? { resultData: task.resultData } : {}),
    })),
  );
  const last = tasks.at(-1);
  return {
    tasks,
    next: last && rest.length > tasks.length ? encodeCursor(positionOf(last), filter, page.order) : undefined,
    total: { value: matching.length, relation: isCounted(filter) ? "exact" : "at_least" },
  };
}

export function ahead(state: State, id: TaskId, most: number): number | undefined {
  const task = state.tasks.get(id);
  if (!task || !state.ready.has(id)) return undefined;
  const before = [...state.ready]
    .flatMap((other) => state.tasks.get(other) ?? [])
    .filter(({ queue }) => queue === task.queue)
    .filter((other) => (task.priority - other.priority || byId(other.id, id)) < 0);
  return Math.min(most, before.length);
}

const ORDERS: Readonly<Record<PageRequest["order"], (a: Position, b: Position) => number>> = {
  newest: (a, b) => byId(b.id, a.id),
  oldest: (a, b) => byId(a.id, b.id),
  completed: (a, b) => (b.at ?? 0) - (a.at ?? 0) || byId(b.id, a.id),
};

function positionOf({ id, completedAt }: Task): Position {
  return { id, at: completedAt };
}

function isUnsuccessful({ status }: Task): boolean {
  return status === "FAILED" || status === "CANCELLED";
}

/** Up to and with the task that fills the page. */
function bounded(tasks: readonly Task[]): readonly Task[] {
  let bytes = 0;
  return tasks.filter(({ parameters = "", resultData = "" }) => {
    const fits = bytes < LIMITS.listBytes;
    bytes += Buffer.byteLength(parameters) + Buffer.byteLength(resultData);
    return fits;
  });
}

/** Do rollups know how many there are? */
function isCounted(filter: TaskFilter): boolean {
  const { status: _s, taskTypes: _t, queues: _q, notTaskTypes: _nt, notQueues: _nq, ...others } = filter;
  return Object.values(others).every(filtersNothing);
}

function filtersNothing(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

function matches(task: Task, filter: TaskFilter): boolean {
  return (
    isAmong(task.status, filter.status) &&
    isAmong(task.taskType, filter.taskTypes) &&
    isAmong(task.queue, filter.queues) &&
    (filter.tags ?? []).every((tag) => task.tags.includes(tag)) &&
    !filter.notTaskTypes?.includes(task.taskType) &&
    !filter.notQueues?.includes(task.queue) &&
    !filter.notTags?.some((tag) => task.tags.includes(tag)) &&
    (filtersNothing(filter.waitingFor) || isAmong(task.waitingFor, filter.waitingFor)) &&
    (filter.retried === undefined || (task.retriedBy !== undefined) === filter.retried) &&
    (filter.worker === undefined || task.worker === filter.worker) &&
    isWithin(task.createdAt, filter.createdAfter, filter.createdBefore) &&
    isWithin(task.completedAt, filter.completedAfter, filter.completedBefore) &&
    (filter.text === undefined || hasText(task, filter.text.toLowerCase()))
  );
}

function isAmong<T>(value: T, wanted: readonly T[] | undefined): boolean {
  return wanted === undefined || wanted.length === 0 || wanted.includes(value);
}

/** From `after` on, up to `before` and not including it. */
function isWithin(at: number | undefined, after: number | undefined, before: number | undefined): boolean {
  if (after === undefined && before === undefined) return true;
  return at !== undefined && at >= (after ?? at) && (before === undefined || at < before);
}

function hasText(task: Task, text: string): boolean {
  return (
    task.id.startsWith(text) ||
    [task.summary, task.taskType, task.error?.message].some((part) => part?.toLowerCase().includes(text))
  );
}
