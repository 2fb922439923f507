// The API as typed functions, for browsers and Node alike: it imports nothing of either.
import type {
  WireArtifact,
  WireAttempt,
  WireBatchReply,
  WireEvent,
  WireFile,
  WireHealth,
  WireListQuery,
  WireLogLine,
  WireQueue,
  WireRetryRequest,
  WireStats,
  WireSubmit,
  WireTask,
  WireTaskList,
  WireTaskType,
  WireWorker,
} from "../http/wire.js";
import { type Clock, systemClock } from "../lib/clock.js";
import { createIdSource } from "../model/id.js";
import type { Status } from "../model/status.js";
import type { Instant } from "../model/time.js";
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

export interface UploadOptions extends CallOptions {
  /** File name. Default: the one that a File has. */
  readonly name?: string;
  /** Hears again and again how far it is, in bytes. All sent is not yet stored: that is when the call resolves. */
  readonly onProgress?: (progress: { readonly sent: number; readonly total: number }) => void;
}

/** What `list` and `all` filter by; several values as an array or with commas between. */
export interface ListOptions
  extends Omit<WireListQuery, "status" | "task_type" | "queue" | "tag" | "include" | "cursor"> {
  readonly status?: Status | readonly Status[];
  readonly task_type?: string | readonly string[];
  readonly queue?: string | readonly string[];
  readonly tag?: string | readonly string[];
  readonly include?: readonly ("parameters" | "result_data")[];
}

export interface StatsOptions {
  /** RFC 3339. */
  readonly from?: string;
  readonly to?: string;
  /** Whole minutes: "1m", "5m", "1h". */
  readonly step?: string;
  readonly group_by?: "queue" | "task_type";
}

/**
 * Every function throws ApiError where the server says no and ConnectionError where nobody answers. What may be sent
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
  const get = <T>(path: string, call: CallOptions = {}, query?: object) =>
    transport.json<T>({ method: "GET", path, query, signal: call.signal, repeatable: true });
  const taskPath = (id: string) => `/api/tasks/${encodeURIComponent(id)}`;

  const list = (filter: ListOptions & { readonly cursor?: string } = {}, call?: CallOptions) =>
    get<WireTaskList>("/api/tasks/", call, filter);

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
      return transport.json<WireTask>({
        method: "POST",
        path: "/api/tasks/submit",
        json: { task_type: taskType, parameters, ...submitOptions },
        headers: { "idempotency-key": call.idempotencyKey ?? newKey() },
        signal: call.signal,
        repeatable: true,
      });
    },

    /** Submits up to 1,000 tasks; outcomes by position. `atomic`: all or none. */
    batch(tasks: readonly WireSubmit[], batchOptions: CallOptions & { readonly atomic?: boolean } = {}) {
      const { signal, atomic } = batchOptions;
      return transport.json<WireBatchReply>({
        method: "POST",
        path: "/api/tasks/batch",
        json: { tasks, atomic },
        signal,
        repeatable: false,
      });
    },

    /** The task. With `wait`, in seconds (at most 60): once it has finished, or after that time as it is. */
    get(id: string, { wait, signal }: CallOptions & { readonly wait?: number } = {}): Promise<WireTask> {
      return get<WireTask>(taskPath(id), { signal }, { wait });
    },

    /** One page, newest first. Go on with `cursor: next_cursor`. */
    list,

    /** Every task that fits, page by page. */
    async *all(filter: ListOptions = {}, call?: CallOptions): AsyncGenerator<WireTask, void> {
      let cursor: string | undefined;
      do {
        const page: WireTaskList = await list({ ...filter, cursor }, call);
        yield* page.tasks;
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
    },

    /** The task as it is then: CANCELLED, or RUNNING with `cancel_requested_at`. */
    cancel(id: string, call: CallOptions = {}): Promise<WireTask> {
      return transport.json<WireTask>({
        method: "DELETE",
        path: taskPath(id),
        signal: call.signal,
        repeatable: false,
      });
    },

    /** A new task in place of one that FAILED or was CANCELLED. */
    retry(
      id: string,
      changes: WireRetryRequest = {},
      call: CallOptions & { readonly idempotencyKey?: string } = {},
    ): Promise<WireTask> {
      return transport.json<WireTask>({
        method: "POST",
        path: `${taskPath(id)}/retry`,
        json: changes,
        headers: { "idempotency-key": call.idempotencyKey ?? newKey() },
        signal: call.signal,
        repeatable: true,
      });
    },

    attempts: async (id: string, call?: CallOptions) =>
      (await get<{ attempts: WireAttempt[] }>(`${taskPath(id)}/attempts`, call)).attempts,

    /** Lines after the one with the number `after`, oldest first. */
    logs: (id: string, page: { readonly after?: number; readonly limit?: number } = {}, call?: CallOptions) =>
      get<{ lines: WireLogLine[]; more: boolean }>(`${taskPath(id)}/logs`, call, page),

    artifacts: async (id: string, call?: CallOptions) =>
      (await get<{ artifacts: WireArtifact[] }>(`${taskPath(id)}/artifacts`, call)).artifacts,

    taskTypes: async (call?: CallOptions) =>
      (await get<{ task_types: WireTaskType[] }>("/api/task-types", call)).task_types,

    queues: async (call?: CallOptions) => (await get<{ queues: WireQueue[] }>("/api/queues", call)).queues,

    workers: async (call?: CallOptions) =>
      (await get<{ workers: WireWorker[] }>("/api/workers", call)).workers,

    stats: (range: StatsOptions = {}, call?: CallOptions) => get<WireStats>("/api/stats", call, range),

    health: (call?: CallOptions) => get<WireHealth>("/api/health", call),

    /** The server's clock, good to a second; undefined where something on the way took it out of the reply. */
    async serverTime({ signal }: CallOptions = {}): Promise<Instant | undefined> {
      const reply = await transport.send({
        method: "GET",
        path: "/api/health/live",
        signal,
        repeatable: true,
      });
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
      const { files } = await transport.json<{ files: WireFile[] }>({
        method: "POST",
        path: "/api/files",
        form,
        // What the form adds around the bytes of the file does not count.
        onSent: onProgress && ((sent) => onProgress({ sent: Math.min(sent, file.size), total: file.size })),
        signal,
        repeatable: false,
      });
      const [stored] = files;
      if (!stored) throw new TypeError("the server returned no file for an upload");
      return stored;
    },

    /** The bytes of an artifact: read `.body`, `.blob()` or `.text()` of the reply. */
    download: (artifactId: string, call: CallOptions = {}) =>
      transport.send({
        method: "GET",
        path: `/api/artifacts/${encodeURIComponent(artifactId)}`,
        signal: call.signal,
        repeatable: true,
      }),

    /** For pages: exchanges the API key for a cookie that scripts can't read. */
    async openSession(key: string, { signal }: CallOptions = {}): Promise<void> {
      await transport.send({
        method: "POST",
        path: "/api/session",
        json: { key },
        signal,
        repeatable: false,
      });
    },

    /** Events from now on, until `signal` aborts; see events.ts. */
    events: (filter: EventsOptions = {}): AsyncGenerator<WireEvent, void> =>
      events(transport, { clock, random }, filter),
  };
}

/** From 0 up to 1. */
function random(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}
