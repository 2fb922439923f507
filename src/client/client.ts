// The API as typed functions, for browsers and Node alike: it imports nothing of either.
import type {
  WireEvent,
  WireFile,
  WireListQuery,
  WireQueue,
  WireRetryRequest,
  WireStatsQuery,
  WireSubmit,
  WireTask,
} from "../http/wire.js";
import { type Clock, systemClock } from "../lib/clock.js";
import { createIdSource } from "../model/id.js";
import type { Status, WaitingFor } from "../model/status.js";
import type { Instant } from "../model/time.js";
import { type Body, createCalls, type Reply } from "./calls.js";
import { type EventsOptions, events } from "./events.js";
import { createTransport } from "./transport.js";
import { countedSender } from "./upload.js";

export interface ClientOptions {
  /** Root of the server, such as http://127.0.0.1:8000; "" in a page that the server itself delivers. */
  readonly url: string;
  readonly key?: string;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

export interface CallOptions {
  /** Calls it off; the call throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export type SubmitOptions = Omit<WireSubmit, "task_type" | "parameters">;

/** What an edit changes; what is left out stays as it is. */
export type EditRequest = Body<"tasks.edit">;

export interface UploadOptions extends CallOptions {
  /** File name. Default: the one that a File has. */
  readonly name?: string;
  /** Hears again and again how far it is, in bytes. All sent is not yet stored: that is when the call resolves. */
  readonly onProgress?: (progress: { readonly sent: number; readonly total: number }) => void;
}

/** What `list` and `all` filter by; several values as an array or with commas between. */
export interface ListOptions
  extends Omit<
    WireListQuery,
    | "status"
    | "task_type"
    | "queue"
    | "tag"
    | "not_task_type"
    | "not_queue"
    | "not_tag"
    | "waiting_for"
    | "include"
    | "cursor"
  > {
  readonly status?: Status | readonly Status[];
  readonly task_type?: string | readonly string[];
  readonly queue?: string | readonly string[];
  readonly tag?: string | readonly string[];
  readonly not_task_type?: string | readonly string[];
  readonly not_queue?: string | readonly string[];
  readonly not_tag?: string | readonly string[];
  readonly waiting_for?: string | readonly WaitingFor[];
  readonly include?: readonly ("parameters" | "result_data")[];
}

/** `from` and `to` as RFC 3339; `step` in whole minutes: "1m", "5m", "1h". */
export type StatsOptions = Readonly<WireStatsQuery>;

/**
 * Every function throws ApiError where the server says no and ConnectionError where the server does not answer. What may be sent
 * twice is sent again by itself after a lost connection, 429 and 503; submit and retry too, under a key of their own.
 */
export type Client = ReturnType<typeof createClient>;

export function createClient(options: ClientOptions) {
  const clock = options.clock ?? systemClock;
  // crypto.randomUUID would be missing in pages that come over plain HTTP from another machine.
  const newKey = createIdSource(clock.now, (bytes) =>
    bytes.set(crypto.getRandomValues(new Uint8Array(bytes.length))),
  );
  const transport = createTransport({
    url: options.url,
    key: options.key,
    fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
    sendCounted: countedSender(options.fetch),
    clock,
    random,
  });
  const calls = createCalls(transport);

  const list = (
    filter: ListOptions & { readonly cursor?: string | undefined } = {},
    { signal }: CallOptions = {},
  ) => calls.json("tasks.list", { query: filter, signal });

  return {
    /** Root of the server. */
    url: transport.url,

    /** Submits a task; answers it as stored. */
    submit(
      taskType: string,
      parameters: Readonly<Record<string, unknown>> = {},
      submitOptions: SubmitOptions = {},
      call: CallOptions & { readonly idempotencyKey?: string } = {},
    ): Promise<WireTask> {
      return calls.json("tasks.submit", {
        body: { task_type: taskType, parameters, ...submitOptions },
        headers: { "idempotency-key": call.idempotencyKey ?? newKey() },
        signal: call.signal,
        repeatable: true,
      });
    },

    /** Submits up to 1,000 tasks; outcomes by position. `atomic`: all or none. */
    batch(tasks: readonly WireSubmit[], batchOptions: CallOptions & { readonly atomic?: boolean } = {}) {
      const { signal, atomic } = batchOptions;
      return calls.json("tasks.batch", { body: { tasks, ...(atomic !== undefined && { atomic }) }, signal });
    },

    /** The task. With `wait`, in seconds (at most 60): once it has finished, or after that time as it is. */
    get(id: string, { wait, signal }: CallOptions & { readonly wait?: number } = {}): Promise<WireTask> {
      return calls.json("tasks.get", {
        params: { task_id: id },
        query: { ...(wait !== undefined && { wait }) },
        signal,
      });
    },

    /** One page, newest first. Go on with `cursor: next_cursor`. */
    list,

    /** Every task that fits, page by page. */
    async *all(filter: ListOptions = {}, call?: CallOptions): AsyncGenerator<WireTask, void> {
      let cursor: string | undefined;
      do {
        const page: Reply<"tasks.list"> = await list({ ...filter, cursor }, call);
        yield* page.tasks;
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
    },

    /** Changes a task that has not started yet; answers it as it is then. `run_at: null` starts it at once. */
    edit(id: string, changes: EditRequest, { signal }: CallOptions = {}): Promise<WireTask> {
      return calls.json("tasks.edit", { params: { task_id: id }, body: changes, signal });
    },

    /** The task as it is then: CANCELLED, or RUNNING with `cancel_requested_at`. */
    cancel(id: string, { signal }: CallOptions = {}): Promise<WireTask> {
      return calls.json("tasks.cancel", { params: { task_id: id }, signal });
    },

    /** A new task in place of one that FAILED or was CANCELLED. */
    retry(
      id: string,
      changes: WireRetryRequest = {},
      call: CallOptions & { readonly idempotencyKey?: string } = {},
    ): Promise<WireTask> {
      return calls.json("tasks.retry", {
        params: { task_id: id },
        body: changes,
        headers: { "idempotency-key": call.idempotencyKey ?? newKey() },
        signal: call.signal,
        repeatable: true,
      });
    },

    /** Why the task is waiting, running or finished: a sentence, and reasons told apart by `kind`. */
    explain: (id: string, { signal }: CallOptions = {}) =>
      calls.json("tasks.explain", { params: { task_id: id }, signal }),

    attempts: async (id: string, { signal }: CallOptions = {}) =>
      (await calls.json("tasks.attempts", { params: { task_id: id }, signal })).attempts,

    /** Lines after the one with the number `after`, oldest first. */
    logs: (
      id: string,
      page: { readonly after?: number; readonly limit?: number } = {},
      { signal }: CallOptions = {},
    ) => calls.json("tasks.logs", { params: { task_id: id }, query: page, signal }),

    artifacts: async (id: string, { signal }: CallOptions = {}) =>
      (await calls.json("tasks.artifacts", { params: { task_id: id }, signal })).artifacts,

    taskTypes: async ({ signal }: CallOptions = {}) =>
      (await calls.json("taskTypes.list", { signal })).task_types,

    /** All queues that hold tasks, by name. */
    async queues({ signal }: CallOptions = {}): Promise<WireQueue[]> {
      const queues: WireQueue[] = [];
      let cursor: string | undefined;
      do {
        const query = cursor === undefined ? {} : { cursor };
        const page: Reply<"queues.list"> = await calls.json("queues.list", { query, signal });
        queues.push(...page.queues);
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
      return queues;
    },

    workers: async ({ signal }: CallOptions = {}) => (await calls.json("workers.list", { signal })).workers,

    stats: (range: StatsOptions = {}, { signal }: CallOptions = {}) =>
      calls.json("stats.get", { query: range, signal }),

    health: ({ signal }: CallOptions = {}) => calls.json("health.get", { signal }),

    /** The server's clock, good to a second; undefined where something on the way took it out of the reply. */
    async serverTime({ signal }: CallOptions = {}): Promise<Instant | undefined> {
      const reply = await calls.send("health.live", { signal });
      await reply.body?.cancel();
      // In whole seconds, cut off: the middle of that second is nearest to all it may have been.
      const date = Date.parse(reply.headers.get("date") ?? "") + 500;
      return Number.isNaN(date) ? undefined : date;
    },

    /** Uploads a file. `name` stands in for the one a File has; `onProgress` hears how many bytes are on their way. */
    async upload(file: Blob, { name, signal, onProgress }: UploadOptions = {}): Promise<WireFile> {
      const form = new FormData();
      if (name === undefined) form.append("file", file);
      else form.append("file", file, name);
      const { files } = await calls.json("files.upload", {
        form,
        // What the form adds around the bytes of the file does not count.
        onSent: onProgress && ((sent) => onProgress({ sent: Math.min(sent, file.size), total: file.size })),
        signal,
      });
      const [stored] = files;
      if (!stored) throw new TypeError("the server returned no file for an upload");
      return stored;
    },

    /** The bytes of an artifact: read `.body`, `.blob()` or `.text()` of the reply. */
    download: (artifactId: string, { signal }: CallOptions = {}) =>
      calls.send("artifacts.download", { params: { id: artifactId }, signal }),

    /** The bytes of an uploaded file, in the same way. */
    downloadFile: (fileId: string, { signal }: CallOptions = {}) =>
      calls.send("files.download", { params: { id: fileId }, signal }),

    /** For pages: exchanges the API key for a cookie that scripts can't read. */
    async openSession(key: string, { signal }: CallOptions = {}): Promise<void> {
      await calls.send("session.create", { body: { key }, signal });
    },

    /** For pages: signs out. */
    async closeSession({ signal }: CallOptions = {}): Promise<void> {
      await calls.send("session.delete", { signal });
    },

    /** Events from now on, until `signal` aborts; see events.ts. */
    events: (filter: EventsOptions = {}): AsyncGenerator<WireEvent, void> =>
      events(calls, { clock, random }, filter),
  };
}

/** From 0 up to 1. */
function random(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}
