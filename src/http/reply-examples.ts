// What replies look like, for the API docs. Checked by a test against the schemas.
import type { OperationId } from "./routes.js";
import type { WireTask } from "./wire.js";

const TASK: WireTask = {
  id: "0199d8a4-6c32-7b1e-9f04-2ad0c85e7713",
  task_type: "data_processing",
  status: "RUNNING",
  waiting_for: null,
  progress: 42,
  progress_message: "420 of 1,000 rows",
  stage: "analyse",
  stages: [{ name: "analyse", started_at: "2026-11-22T14:02:11.412Z" }],
  summary: "1,000 generated rows",
  parameters: { rows: 1000 },
  result_data: null,
  error_message: null,
  error: null,
  queue: "default",
  priority: 0,
  tags: [],
  attempt: 1,
  max_attempts: 3,
  crashes: 0,
  timeout_ms: 900_000,
  worker: "host-4711",
  run_at: null,
  created_at: "2026-11-22T14:02:11.250Z",
  started_at: "2026-11-22T14:02:11.391Z",
  completed_at: null,
  cancel_requested_at: null,
  reason: null,
  expires_at: null,
  retry_of: null,
  retried_by: null,
};
const { parameters: _parameters, result_data: _result, ...LISTED } = TASK;
const COUNTS = { PENDING: 3, RUNNING: 1, SUCCESS: 1204, FAILED: 2, CANCELLED: 1 };
const HEALTH = { status: "ok", store: "sqlite", version: "0.1.0", uptime_s: 3600 };

export const EXAMPLES: Partial<Record<OperationId, unknown>> = {
  "tasks.submit": { ...TASK, status: "PENDING", waiting_for: "worker", progress: 0, attempt: 0 },
  "tasks.batch": { created: 1, replayed: 0, failed: 0, outcomes: [{ ok: true, task: TASK }] },
  "tasks.list": {
    tasks: [LISTED],
    next_cursor: null,
    total: { value: 1, relation: "exact" },
    searched_until: null,
  },
  "tasks.get": TASK,
  "tasks.edit": { ...TASK, status: "PENDING", waiting_for: "worker", progress: 0, attempt: 0, priority: 10 },
  "tasks.cancel": { ...TASK, cancel_requested_at: "2026-11-22T14:02:12.020Z" },
  "tasks.retry": { ...TASK, status: "PENDING", retry_of: "0199d8a4-1111-7b1e-9f04-2ad0c85e7713" },
  "tasks.explain": {
    sentence:
      'Waiting for a worker: it is about 3rd in the queue "default"; all 8 slots of the 2 workers that handle it are in use.',
    reasons: [
      { kind: "position", queue: "default", ahead: { value: 2, relation: "exact" } },
      { kind: "busy", workers: 2, slots: 8 },
    ],
  },
  "tasks.attempts": {
    attempts: [
      {
        attempt: 1,
        outcome: "retry",
        worker: "host-4711",
        started_at: "2026-11-22T14:02:11.391Z",
        ended_at: "2026-11-22T14:02:12.020Z",
        error: { name: "Error", message: "connection refused" },
        stages: [],
      },
    ],
  },
  "tasks.logs": {
    lines: [
      {
        seq: 1,
        at: "2026-11-22T14:02:11.412Z",
        level: "info",
        attempt: 1,
        message: "reading",
        fields: { rows: 1000 },
      },
    ],
    more: false,
  },
  "tasks.artifacts": {
    artifacts: [
      {
        id: "0199d8a4-7001-7b1e-9f04-2ad0c85e7713",
        task_id: TASK.id,
        name: "statistics.csv",
        media_type: "text/csv",
        size_bytes: 512,
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        attempt: 1,
        created_at: "2026-11-22T14:02:12.020Z",
        url: "/api/artifacts/0199d8a4-7001-7b1e-9f04-2ad0c85e7713",
      },
    ],
  },
  "files.upload": {
    files: [
      {
        id: "0199d8a4-5001-7b1e-9f04-2ad0c85e7713",
        name: "sales.csv",
        media_type: "text/csv",
        size_bytes: 1_048_576,
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        created_at: "2026-11-22T14:02:10.020Z",
      },
    ],
  },
  "taskTypes.list": {
    task_types: [
      {
        name: "data_processing",
        description: "Statistics of a table.",
        parameters_schema: { type: "object", properties: { rows: { type: "integer" } } },
        result_schema: null,
        defaults: {
          queue: "default",
          max_attempts: 3,
          timeout_ms: 900_000,
          retry: { base_ms: 5000, factor: 2, max_ms: 600_000, jitter: true },
        },
        retry_parameters: [],
        isolation: "inline",
        examples: [{ title: "A sample", parameters: { rows: 1000 } }],
      },
    ],
  },
  "queues.list": {
    queues: [
      { name: "default", counts: COUNTS, oldest_ready_at: null, created_at: "2026-11-22T13:02:11.250Z" },
    ],
    next_cursor: null,
  },
  "workers.list": {
    workers: [
      {
        id: "host-4711",
        host: "host",
        pid: 4711,
        version: "0.1.0",
        started_at: "2026-11-22T13:02:11.250Z",
        heartbeat_at: "2026-11-22T14:02:11.250Z",
        slots: 10,
        running: 1,
        task_types: ["data_processing"],
        queues: null,
        event_loop_lag_ms: 0.4,
        memory_bytes: 91_226_112,
      },
    ],
  },
  "stats.get": {
    from: "2026-11-22T13:02:00.000Z",
    to: "2026-11-22T14:02:00.000Z",
    step_ms: 60_000,
    counts: COUNTS,
    by_lane: [{ queue: "default", task_type: "data_processing", counts: COUNTS }],
    timeline: [
      {
        at: "2026-11-22T14:01:00.000Z",
        group: null,
        created: 12,
        succeeded: 11,
        failed: 0,
        cancelled: 0,
        retried: 1,
        wait_ms: 140,
        run_ms: 9031,
      },
    ],
  },
  "health.get": HEALTH,
  "health.live": HEALTH,
  "health.ready": HEALTH,
  "events.stream":
    'id: k2x9:17\ndata: {"seq":"k2x9:17","type":"task.progress","task":{"id":"0199d8a4-6c32-7b1e-9f04-2ad0c85e7713","task_type":"data_processing","queue":"default","status":"RUNNING","progress":42,"version":17}}\n\n',
};
