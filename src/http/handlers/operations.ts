// What operators look at: task types, queues, workers.
import type { FastifyInstance } from "fastify";
import { LIMITS } from "../../model/limits.js";
import type { KnownWorker, Operations, QueueState } from "../../queue/operations.js";
import type { TaskType } from "../../task/define.js";
import { jsonSchemaOf } from "../../task/json-schema.js";
import type { Registry } from "../../task/registry.js";
import { serve } from "../serve.js";
import { timestamp } from "../task-view.js";
import type { WireQueue, WireTaskType, WireWorker } from "../wire.js";

export function serveOperations(
  app: FastifyInstance,
  { operations, registry }: { readonly operations: Operations; readonly registry: Registry },
): void {
  const types = registry.all.map(taskTypeView);

  serve(app, "taskTypes.list", async () => {
    const elsewhere = await operations.typesElsewhere();
    return { task_types: [...types, ...elsewhere.map(taskTypeView)] };
  });

  serve(
    app,
    "queues.list",
    async ({ query: { limit = LIMITS.list.max, cursor } }) => {
      const { queues, next = null } = await operations.queues({ limit, cursor });
      return { queues: queues.map(queueView), next_cursor: next };
    },
    { isExpensive: true },
  );

  serve(app, "workers.list", async () => {
    const workers = await operations.workers();
    return { workers: workers.map(workerView) };
  });
}

function taskTypeView(type: TaskType): WireTaskType {
  return {
    name: type.name,
    description: type.description,
    parameters_schema: jsonSchemaOf(type.input, "input") ?? null,
    result_schema: (type.output && jsonSchemaOf(type.output, "output")) ?? null,
    defaults: {
      queue: type.queue,
      max_attempts: type.retry.maxAttempts,
      timeout_ms: type.timeout,
      retry: {
        base_ms: type.retry.base,
        factor: type.retry.factor,
        max_ms: type.retry.max,
        jitter: type.retry.jitter,
      },
    },
    retry_parameters: [...type.retryParameters],
    isolation: type.isolation === "inline" ? "inline" : "thread" in type.isolation ? "thread" : "process",
    examples: type.examples.map(({ title, parameters }) => ({
      title,
      parameters: { ...asObject(parameters) },
    })),
  };
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

function queueView({ name, counts, oldestReadyAt, createdAt }: QueueState): WireQueue {
  return {
    name,
    counts,
    oldest_ready_at: oldestReadyAt === undefined ? null : timestamp(oldestReadyAt),
    created_at: timestamp(createdAt),
  };
}

function workerView(worker: KnownWorker): WireWorker {
  return {
    id: worker.id,
    host: worker.host,
    pid: worker.pid,
    version: worker.version,
    started_at: timestamp(worker.startedAt),
    heartbeat_at: timestamp(worker.heartbeatAt),
    slots: worker.slots,
    running: worker.running,
    task_types: [...worker.taskTypes],
    queues: worker.queues === "all" ? null : [...worker.queues],
    event_loop_lag_ms: worker.eventLoopLag,
    memory_bytes: worker.memoryBytes,
  };
}
