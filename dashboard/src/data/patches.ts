// Remembers the latest event of each task, and applies it to responses of requests that were in flight. Independent of the
// cache.
import type { WireEvent, WireTask } from "../lib/api.js";

export type EventTask = NonNullable<WireEvent["task"]>;

interface Patch {
  readonly task: EventTask;
  /** The mark at which it arrived. */
  readonly mark: number;
}

/** Maximum number of remembered tasks; older ones are refetched anyway. */
const REMEMBERED = 2000;

const latest = new Map<string, Patch>();
let mark = 0;

/** A position in the stream: read it before a request, then apply later events to the response. */
export function currentMark(): number {
  return mark;
}

/** Remembers an event; false if a newer one for this task has already been seen. */
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

/** Called after a gap in the stream, when versions may restart. */
export function forgetAll(): void {
  latest.clear();
}

/** The task with the events since that mark applied. */
export function overlay(task: WireTask, since: number): WireTask {
  const patch = latest.get(task.id);
  return patch && patch.mark > since ? applyPatch(task, patch.task) : task;
}

export function applyPatch(task: WireTask, { version: _version, ...changes }: EventTask): WireTask {
  return { ...task, ...changes };
}
