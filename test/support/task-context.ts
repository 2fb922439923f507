// A real task context for handlers under test: blobs in a temporary folder, everything else in memory. No store, no worker.
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, vi } from "vitest";
import { createDirectoryBlobs } from "../../src/files/directory.js";
import {
  type Artifact,
  Discard,
  type JsonValue,
  type OpenFile,
  type ProgressUpdate,
  type TaskContext,
} from "../../src/index.js";

export interface Bench {
  /** Uploads bytes, or a file of this machine, under a name; answers the id. */
  upload(name: string, data: string | Uint8Array | { readonly path: string }): Promise<string>;
  /** A context for the next attempt of a task. */
  context(options?: ContextOptions): RecordedContext;
  /** The bytes of an artifact. */
  artifact(id: string): Promise<Buffer>;
  close(): Promise<void>;
}

export interface ContextOptions {
  readonly id?: string;
  readonly attempt?: number;
  readonly checkpoint?: JsonValue | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (update: ProgressUpdate) => void;
  /** Runs before a checkpoint is stored; what it throws is a store that is away. */
  readonly onCheckpoint?: (value: JsonValue) => void;
}

/** A context that remembers what the handler said. */
export interface RecordedContext extends TaskContext {
  readonly updates: readonly ProgressUpdate[];
  readonly logs: readonly { readonly level: string; readonly message: string }[];
  readonly stored: readonly Artifact[];
}

/**
 * For the top of a test file: a bench for all of its tests, which simulate nothing in real time. Temporary files are the
 * file's own: others run at the same time.
 */
export function sharedBench(): Omit<Bench, "close"> {
  let bench: Bench | undefined;
  let folder = "";
  const opened = () => {
    if (!bench) throw new Error("the bench is only there while tests run");
    return bench;
  };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "taskwright-tests-"));
    vi.stubEnv("TMPDIR", folder);
    vi.stubEnv("TASKWRIGHT_PACE", "0");
    bench = await createBench();
  });
  afterAll(async () => {
    await bench?.close();
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    upload: (name, data) => opened().upload(name, data),
    context: (options) => opened().context(options),
    artifact: (id) => opened().artifact(id),
  };
}

export async function createBench(): Promise<Bench> {
  const root = await mkdtemp(path.join(tmpdir(), "taskwright-bench-"));
  const blobs = await createDirectoryBlobs({ root });
  const files = new Map<string, OpenFile>();

  return {
    async upload(name, data) {
      const id = randomUUID();
      const isPath = typeof data === "object" && "path" in data;
      const source = isPath ? createReadStream(data.path) : Readable.from([Buffer.from(data)]);
      const written = await blobs.write(id, source);
      const { path: file } = await blobs.path({ id, ...written });
      const stream = () => createReadStream(file);
      files.set(id, { id, name, mediaType: "application/octet-stream", ...written, path: file, stream });
      return id;
    },

    context(options = {}) {
      const id = options.id ?? randomUUID();
      let checkpoint = options.checkpoint;
      const updates: ProgressUpdate[] = [];
      const logs: { level: string; message: string }[] = [];
      const stored: Artifact[] = [];
      const log = (level: string) => (message: string) => void logs.push({ level, message });
      const attempt = options.attempt ?? 1;
      return {
        task: {
          id,
          taskType: "under_test",
          queue: "default",
          attempt,
          maxAttempts: 3,
          tags: [],
          retryOf: undefined,
        },
        fence: attempt,
        signal: options.signal ?? new AbortController().signal,
        progress(update) {
          const said = typeof update === "number" ? { percent: update } : update;
          updates.push(said);
          options.onProgress?.(said);
        },
        log: { info: log("info"), warn: log("warn"), error: log("error") },
        checkpoint: {
          get: () => checkpoint,
          async set(value) {
            options.onCheckpoint?.(value);
            checkpoint = structuredClone(value);
          },
        },
        artifacts: {
          async put(name, data, mediaType = "application/octet-stream") {
            const artifactId = randomUUID();
            const bytes = data instanceof Readable ? data : Readable.from([Buffer.from(data)]);
            const written = await blobs.write(artifactId, bytes);
            const artifact = {
              id: artifactId,
              name,
              mediaType,
              ...written,
              taskId: id,
              attempt,
              createdAt: 0,
            };
            stored.push(artifact);
            return artifact;
          },
        },
        files: {
          async open(fileId) {
            const file = files.get(fileId);
            if (!file) throw new Discard(`there is no file ${fileId}`);
            return file;
          },
        },
        submit: () => Promise.reject(new Error("nothing is submitted here")),
        updates,
        logs,
        stored,
      };
    },

    async artifact(id) {
      const data = await blobs.read(id);
      if (!data) throw new Error(`there is no artifact ${id}`);
      return buffer(data);
    },
    close: () => rm(root, { recursive: true }),
  };
}
