// What a reader of events asks for, from its query string.
import { STATUSES } from "../model/status.js";
import type { EventFilter } from "../queue/event-stream.js";
import { items, words } from "./list-query.js";
import type { WireEventQuery } from "./wire.js";

/** Throws TaskwrightError validation_failed for an unknown status. */
export function eventFilter(query: WireEventQuery): EventFilter {
  return {
    taskIds: items(query.task_id).map((id) => id.toLowerCase()),
    status: words(query.status, "status", STATUSES),
    taskTypes: items(query.task_type),
  };
}
