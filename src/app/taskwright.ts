// The library: a queue and a worker inside your own Node program, typed from parameters to result.
import type { FastifyPluginAsync } from "fastify";
import { TaskwrightError } from "../model/errors.js";
import type { TaskId } from "../model/id.js";
import { LIMITS } from "../model/limits.js";
import type { Artifact, Attempt, StoredFile } from "../model/task.js";
import type { TaskRef } from "../model/task-ref.js";
import type { Explanation } from "../queue/explain.js";
import type { EditChanges, RetryChanges, TaskFilter } from "../queue/queue.js";
import type { CallerTransaction, PageRequest, TaskPage as StoredPage } from "../store/store.js";
import type { SubmitOptions } from "../task/submit.js";
import { culprit } from "./batch-error.js";
import { openEngine, type WorkOptions } from "./engine.js";
import type { FetchHandler } from "./fetch-handler.js";
import { createLibraryFiles, type Download, type FileData, type UploadOptions } from "./library-files.js";
import { createMounts, type HandlerOptions, type MountOptions, type RequestHandler } from "./mount.js";
import { createRun, millis, type Run, type RunParts } from "./run.js";
import { type EventsOptions, type Resync, type TaskEvent, taskEvents } from "./task-events.js";
import { parsed, parsedLine, type Task, type TaskLogLine } from "./task-view.js";
import type { TaskwrightOptions } from "./taskwright-options.js";
import { VERSION } from "./version.js";

/** How a program submits a task that may be part of what it does itself. */
export interface AppSubmitOptions extends SubmitOptions {
  /**
   * PostgreSQL only: a transaction that was begun on the same database, such as a client of pg. The task exists once
   * that commits, and never where it does not; until then its run can only be waited for. Durations count from the
   * transaction's beginning.
   * @example
   * await client.query("BEGIN");
   * const { rows } = await client.query("INSERT INTO customer (name) VALUES ($1) RETURNING id", [name]);
   * await app.submit(welcome, { customer: rows[0].id }, { tx: client });
   * await client.query("COMMIT");
   */
  readonly tx?: CallerTransaction;
}

/** One task of `submitMany`. */
export interface SubmitItem<Input> extends SubmitOptions {
  readonly parameters: Input;
}

/** A page of a list. */
export interface TaskPage extends Omit<StoredPage, "tasks"> {
  readonly tasks: readonly Task[];
}

/** Lines that handlers logged. `more`: ask again after the last `seq`. */
export interface TaskLogPage {
  readonly lines: readonly TaskLogLine[];
  readonly more: boolean;
}

/** A queue, and with `work` a worker, in this process. What throws, throws TaskwrightError with a `code`. */
export interface Taskwright extends AsyncDisposable {
  /**
   * Resolves once the task is on disk, or with `tx` once it is part of that transaction. Throws validation_failed,
   * unknown_task_type, payload_too_large, storage_full, and with `tx` whatever that throws.
   * @example const run = await app.submit(resize, { file_id, width: 320 }, { priority: 10, delay: "5m" });
   */
  submit<Input, Output>(
    type: TaskRef<Input, Output>,
    parameters: NoInfer<Input>,
    options?: AppSubmitOptions,
  ): Promise<Run<Output>>;
  /**
   * Submits up to 1,000 tasks in one transaction, all or none; runs by position. Throws as `submit` does, for the
   * first that is wrong; its pointers start with the position.
   * @example const runs = await app.submitMany(resize, files.map((file_id) => ({ parameters: { file_id } })));
   */
  submitMany<Input, Output>(
    type: TaskRef<Input, Output>,
    items: readonly SubmitItem<NoInfer<Input>>[],
  ): Promise<readonly Run<Output>[]>;
  /**
   * A task that was submitted before, here or elsewhere, to wait for. Reads nothing.
   * @example const { images } = await app.run(resize, id).result();
   */
  run<Input, Output>(type: TaskRef<Input, Output>, id: TaskId): Run<Output>;
  /** The task as it is now. Throws task_not_found. */
  get(id: TaskId): Promise<Task>;
  /**
   * One page, by default the 50 newest; at most 500. Go on with `cursor: next`. Throws invalid_cursor, validation_failed.
   * @example const { tasks } = await app.list({ status: ["FAILED"], retried: false, completedAfter: "1h" }, { order: "completed" });
   */
  list(filter?: TaskFilter, page?: Partial<PageRequest>): Promise<TaskPage>;
  /**
   * Every task that fits, newest first, read page by page.
   * @example for await (const task of app.all({ status: ["FAILED"] })) console.log(task.id, task.error?.message);
   */
  all(
    filter?: TaskFilter,
    page?: Omit<Partial<PageRequest>, "cursor">,
  ): AsyncGenerator<Task, void, undefined>;
  /**
   * Changes a task that has not started yet; the task as it is then. Throws task_not_found, task_not_editable,
   * validation_failed, payload_too_large.
   * @example await app.edit(id, { priority: 10, queue: "reports", runAt: null });
   */
  edit(id: TaskId, changes: EditChanges): Promise<Task>;
  /** The task as it is then: CANCELLED, or RUNNING with `cancelRequestedAt`. Throws task_not_found, task_not_cancellable. */
  cancel(id: TaskId): Promise<Task>;
  /**
   * A new task in place of one that FAILED or was CANCELLED; the old one never changes. Throws task_not_found,
   * task_not_retryable, task_already_retried, and what `submit` throws.
   */
  retry(id: TaskId, changes?: RetryChanges): Promise<Task>;
  /** Why the task is waiting, running or finished: a sentence, and reasons told apart by `kind`. Throws task_not_found. */
  explain(id: TaskId): Promise<Explanation>;
  /** Oldest first; empty for a task that succeeded at once. Throws task_not_found. */
  attempts(id: TaskId): Promise<readonly Attempt[]>;
  /** Lines after the one with the number `after` (default 0), oldest first, at most `limit` (default 1,000). Throws task_not_found. */
  logs(id: TaskId, page?: { readonly after?: number; readonly limit?: number }): Promise<TaskLogPage>;
  /** Output files, oldest first. Throws task_not_found. */
  artifacts(id: TaskId): Promise<readonly Artifact[]>;
  /**
   * Stores a file for tasks, of at most 1 GB; it is removed after a day where no task uses it. Throws
   * payload_too_large, storage_full, validation_failed without a name, and what the stream throws.
   * @example const { id } = await app.upload(createReadStream("orders.csv"), { name: "orders.csv" });
   */
  upload(data: FileData, options?: UploadOptions): Promise<StoredFile>;
  /**
   * An artifact with its bytes. Throws artifact_not_found.
   * @example await pipeline(await (await app.download(artifact_id)).stream(), createWriteStream("statistics.csv"));
   */
  download(artifactId: string): Promise<Download<Artifact>>;
  /** An uploaded file with its bytes. Throws file_not_found. */
  downloadFile(fileId: string): Promise<Download<StoredFile>>;
  /**
   * What happens from this call on, in this process. A reader that is slow loses progress first, then hears `resync`:
   * read again what you show.
   * @example for await (const event of app.events({ taskTypes: ["resize"] })) console.log(event.kind);
   */
  events(options?: EventsOptions): AsyncGenerator<TaskEvent | Resync, void, undefined>;
  /** Starts to run tasks in this process, and keeps it alive until `close`. */
  work(options?: WorkOptions): Promise<void>;
  /**
   * The API for an existing node:http server, or for Express.
   * @example http.createServer(app.handler({ dashboard: true })).listen(8000, "127.0.0.1");
   */
  handler(options?: HandlerOptions): RequestHandler;
  /**
   * The API as a function from a Request to a Response, for Hono, Next.js and others on Node.js and Bun. WebSockets are not
   * part of it; event streams are.
   * @example hono.all("/jobs/*", (context) => jobs(context.req.raw)); // const jobs = app.fetchHandler({ prefix: "/jobs" })
   */
  fetchHandler(options?: HandlerOptions): FetchHandler;
  /**
   * The API for an existing Fastify server, behind the hooks of that server.
   * @example await server.register(app.fastify(), { prefix: "/jobs" });
   */
  fastify(options?: MountOptions): FastifyPluginAsync;
  /**
   * Ends streams, lets running tasks finish (30 s by default, see `work`), closes the store. The process stays alive
   * until it has resolved. May be called twice. `await using app = …` calls it, too.
   */
  close(): Promise<void>;
}

/**
 * Opens store and files; a PostgreSQL store may be open in many processes at once. Throws StoreError where they can't be
 * opened ("locked": another process holds the file; "unavailable": a server that is away, and may be tried again), TypeError for task types that clash, TaskwrightError validation_failed for wrong options.
 * @example
 * const app = await createTaskwright({ store: "data/tasks.db", tasks: [resize] });
 * await app.work({ concurrency: 8 });
 */
export async function createTaskwright(options: TaskwrightOptions): Promise<Taskwright> {
  const { keepFinished, storeTimeout } = options;
  const engine = await openEngine(
    {
      store: options.store ?? "data/taskwright.db",
      schema: options.schema,
      migrate: options.migrate,
      poolSize: options.poolSize,
      dataDir: options.dataDir ?? "data",
      files: options.files,
      tasks: options.tasks,
      durability: options.durability,
      keepFinished: keepFinished === undefined ? undefined : millis(keepFinished, "keepFinished"),
      storeTimeout: storeTimeout === undefined ? undefined : millis(storeTimeout, "storeTimeout"),
      maxQueues: options.maxQueues,
      log: options.log,
    },
    VERSION,
  );
  const { queue, facade, clock } = engine;
  const closing = new AbortController();
  const hub = facade.openEvents();
  const mounts = createMounts(engine);
  const files = createLibraryFiles(facade.files);
  const parts: RunParts = { queue, clock, hub, closing: closing.signal };

  const list: Taskwright["list"] = async (filter = {}, page = {}) => {
    const answer = await queue.list(filter, { limit: LIMITS.list.default, order: "newest", ...page });
    return { ...answer, tasks: answer.tasks.map(parsed) };
  };

  let closed: Promise<void> | undefined;

  async function end(): Promise<void> {
    closing.abort();
    hub.close();
    try {
      // The workers first: what they claimed while streams end would keep the process alive.
      await Promise.all([engine.drain(), mounts.close()]);
    } finally {
      await engine.close();
    }
  }

  function close(): Promise<void> {
    closed ??= end();
    return closed;
  }

  return {
    async submit(type, parameters, { tx, ...submitOptions } = {}) {
      const request = { ...submitOptions, taskType: type.name, parameters };
      const id = tx ? await queue.submitWithin(tx, request) : (await queue.submit(request)).task.id;
      return createRun(parts, id);
    },
    async submitMany(type, items) {
      if (items.length > LIMITS.batchTasks) {
        throw new TaskwrightError(
          "payload_too_large",
          `A batch can have at most ${LIMITS.batchTasks} tasks.`,
        );
      }
      const requests = items.map((item) => {
        // Added behind the spread, it would give each object a hidden class of its own, which is slow.
        const request = { taskType: type.name, ...item };
        request.taskType = type.name;
        return request;
      });
      const outcomes = await queue.submitMany(requests, { atomic: true });
      return outcomes.map((outcome) => {
        if (outcome.ok) return createRun(parts, outcome.task.id);
        throw culprit(outcomes);
      });
    },
    run: (_type, id) => createRun(parts, id),
    get: async (id) => parsed(await queue.get(id)),
    list,
    async *all(filter, page = {}) {
      let cursor: string | undefined;
      do {
        const { tasks, next } = await list(filter, {
          limit: LIMITS.list.max,
          ...page,
          ...(cursor !== undefined && { cursor }),
        });
        yield* tasks;
        cursor = next;
      } while (cursor !== undefined);
    },
    edit: async (id, changes) => parsed(await queue.edit(id, changes)),
    cancel: async (id) => parsed(await queue.cancel(id)),
    retry: async (id, changes) => parsed((await queue.retry(id, changes)).task),
    explain: queue.explain,
    attempts: (id) => queue.attempts(id),
    async logs(id, { after = 0, limit = LIMITS.logPage.max } = {}) {
      const { lines, more } = await queue.logs(id, { after, limit });
      return { lines: lines.map(parsedLine), more };
    },
    artifacts: (id) => queue.artifacts(id),
    events: (eventsOptions = {}) => taskEvents(hub, eventsOptions),
    async work(workOptions) {
      await engine.work(workOptions);
    },
    upload: files.upload,
    download: files.artifact,
    downloadFile: files.file,
    handler: mounts.handler,
    fetchHandler: mounts.fetchHandler,
    fastify: mounts.plugin,
    close,
    [Symbol.asyncDispose]: close,
  };
}
