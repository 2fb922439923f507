// Submit, get, list, edit, cancel and retry. Translates between the wire and the queue; decides nothing.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { TaskwrightError } from "../../model/errors.js";
import { isUuid, type TaskId } from "../../model/id.js";
import type { Json } from "../../model/json.js";
import { LIMITS } from "../../model/limits.js";
import type { Task } from "../../model/task.js";
import type { Queue, Submitted } from "../../queue/queue.js";
import { listRequest } from "../list-query.js";
import { serve } from "../serve.js";
import { editChanges, submitOptions, submitRequest } from "../submit-options.js";
import { taskText } from "../task-text.js";
import { listedView, timestamp } from "../task-view.js";
import type { WireTaskList } from "../wire.js";

export function serveTasks(
  app: FastifyInstance,
  { queue, closing }: { readonly queue: Queue; readonly closing: AbortSignal },
): void {
  serve(app, "tasks.submit", async ({ body, headers }, reply) => {
    const request = { ...submitRequest(body), ...idempotencyKey(headers) };
    return stored(await queue.submit(request), reply);
  });

  serve(
    app,
    "tasks.list",
    async ({ query }): Promise<WireTaskList> => {
      const { filter, page } = listRequest(query);
      const { tasks, next, total, searchedUntil } = await queue.list(filter, page);
      return {
        tasks: tasks.map(listedView),
        next_cursor: next ?? null,
        total,
        searched_until: searchedUntil === undefined ? null : timestamp(searchedUntil),
      };
    },
    { isExpensive: true },
  );

  serve(app, "tasks.get", async ({ params, query }, reply) => {
    const id = taskId(params);
    if (!query.wait) return text(await queue.get(id), reply);
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const signal = AbortSignal.any([closing, gone.signal]);
    return text(await queue.get(id, { wait: query.wait * 1000, signal }), reply);
  });

  serve(app, "tasks.edit", async ({ params, body }, reply) =>
    text(await queue.edit(taskId(params), editChanges(body)), reply),
  );

  serve(app, "tasks.cancel", async ({ params }, reply) => {
    const task = await queue.cancel(taskId(params));
    reply.code(task.status === "CANCELLED" ? 200 : 202);
    return text(task, reply);
  });

  serve(
    app,
    "tasks.retry",
    async ({ params, body, headers }, reply) => {
      const { parameters, again, ...options } = body;
      const changes = {
        ...(parameters && { parameters }),
        ...(again !== undefined && { again }),
        ...submitOptions(options),
        ...idempotencyKey(headers),
      };
      return stored(await queue.retry(taskId(params), changes), reply);
    },
    { bodyOptional: true },
  );
}

/** The id in the path. Whatever is no UUID names no task. Throws TaskwrightError task_not_found. */
export function taskId({ task_id: given }: { readonly task_id: string }): TaskId {
  const id = given.toLowerCase();
  if (isUuid(id)) return id;
  const shown = JSON.stringify(given.slice(0, LIMITS.taskTypeLength).toWellFormed());
  throw new TaskwrightError("task_not_found", `${shown} is not a task id; ids are UUIDs.`);
}

function stored({ task, replayed }: Submitted, reply: FastifyReply): Json {
  reply.code(201).header("location", `/api/tasks/${task.id}`);
  if (replayed) reply.header("idempotency-replayed", "true");
  return text(task, reply);
}

/** Answered as text, which the framework passes on as it is. */
function text(task: Task, reply: FastifyReply): Json {
  reply.header("content-type", "application/json; charset=utf-8");
  return taskText(task);
}

function idempotencyKey(headers: FastifyRequest["headers"]): { idempotencyKey?: string } {
  const key = headers["idempotency-key"];
  return typeof key === "string" ? { idempotencyKey: key } : {};
}
