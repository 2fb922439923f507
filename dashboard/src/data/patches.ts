// What the stream said of each task last, and how it is laid over what a request answered meanwhile. Knows no cache.
import type { WireEvent, WireTask } from "../lib/api.js";

export type EventTask = NonNullable<WireEvent["task"]>;

interface Patch {
  readonly task: EventTask;
  /** The mark at which it came. */
  readonly mark: number;
}

/** As many tasks as are remembered; older ones are read again anyway. */
const REMEMBERED = 2000;

const latest = new Map<string, Patch>();
let mark = 0;

/** A point in the stream: ask before a request, lay over its answer what came since. */
export function currentMark(): number {
  return mark;
}

/** Remembers an event; false where a newer one of this task was seen already. */
export function remember(task: EventTask): boolean {
  const known = latest.get(task.id);
  if (known && known.task.version >= task.version) return false;
  latest.delete(task.id);
  latest.set(task.id, { task: known ? { ...known.task, ...task } : task, mark: ++mark });
  if (latest.size > REMEMBERED) {
    const oldest = latest.keys().next();
    if (!oldest.done) latest.delete(oldest.value);
  }
  return true;
}

/** After a gap, versions start anew. */
export function forgetAll(): void {
  latest.clear();
}

/** The task with what the stream said since that mark. */
export function overlay(task: WireTask, since: number): WireTask {
  const patch = latest.get(task.id);
  return patch && patch.mark > since ? applyPatch(task, patch.task) : task;
}

export function applyPatch(task: WireTask, { version: _version, ...changes }: EventTask): WireTask {
  return { ...task, ...changes };
}
