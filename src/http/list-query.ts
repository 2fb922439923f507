// From the query of a list to the store's filter and page. Comma lists are split and checked here.
import { LIMITS } from "../model/limits.js";
import { STATUSES } from "../model/status.js";
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
      ...(query.worker !== undefined && { worker: query.worker }),
      ...date("createdAfter", query.created_after),
      ...date("createdBefore", query.created_before),
      ...date("completedAfter", query.completed_after),
      ...date("completedBefore", query.completed_before),
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

function date<Name extends string>(name: Name, text: string | undefined): { [key in Name]?: number } {
  const part: { [key in Name]?: number } = {};
  if (text !== undefined) part[name] = Date.parse(text);
  return part;
}
