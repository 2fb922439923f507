// From the query of a list to the queue's filter and page. Comma lists are split and checked here.
import { LIMITS } from "../model/limits.js";
import { STATUSES, WAITING_FOR } from "../model/status.js";
import type { PageRequest, TaskFilter } from "../queue/queue.js";
import { validationFailed } from "./problem.js";
import type { WireListQuery } from "./wire.js";

const INCLUDES = ["parameters", "result_data"] as const;

/** Throws TaskwrightError validation_failed for an unknown word in a comma list. */
export function listRequest(query: WireListQuery): { filter: TaskFilter; page: PageRequest } {
  const include = words(query.include, "include", INCLUDES);
  return {
    filter: {
      ...some("status", words(query.status, "status", STATUSES)),
      ...some("taskTypes", items(query.task_type)),
      ...some("queues", items(query.queue)),
      ...some("tags", items(query.tag)),
      ...some("notTaskTypes", items(query.not_task_type)),
      ...some("notQueues", items(query.not_queue)),
      ...some("notTags", items(query.not_tag)),
      ...some("waitingFor", words(query.waiting_for, "waiting_for", WAITING_FOR)),
      ...(query.retried !== undefined && { retried: query.retried }),
      ...(query.worker !== undefined && { worker: query.worker }),
      createdAfter: query.created_after,
      createdBefore: query.created_before,
      completedAfter: query.completed_after,
      completedBefore: query.completed_before,
      ...(query.q !== undefined && query.q !== "" && { text: query.q }),
    },
    page: {
      limit: query.limit ?? LIMITS.list.default,
      order: query.order ?? "newest",
      ...(query.cursor !== undefined && { cursor: query.cursor }),
      ...some("include", include),
    },
  };
}

/** The parts of a comma list, without blanks and empty ones. */
export function items(list: string | undefined): readonly string[] {
  if (list === undefined) return [];
  return list.split(",").flatMap((item) => item.trim() || []);
}

/** The parts of a comma list, each one of `known`. Throws TaskwrightError validation_failed. */
export function words<const Word extends string>(
  list: string | undefined,
  name: string,
  known: readonly Word[],
): readonly Word[] {
  return items(list).map((item) => {
    const word = known.find((one) => one === item);
    if (word !== undefined) return word;
    throw validationFailed([
      { pointer: `?${name}`, code: "enum", message: `must contain only ${known.join(", ")}` },
    ]);
  });
}

function some<Name extends string, T>(name: Name, values: readonly T[]): { [key in Name]?: readonly T[] } {
  const part: { [key in Name]?: readonly T[] } = {};
  if (values.length > 0) part[name] = values;
  return part;
}
