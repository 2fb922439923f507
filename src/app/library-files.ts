// Uploads and downloads of the library: the same records and bytes as over HTTP.
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { TaskwrightError } from "../model/errors.js";
import { LIMITS } from "../model/limits.js";
import type { Artifact, StoredFile } from "../model/task.js";
import { type Files, notFound } from "../queue/files.js";

/** Bytes, a text, or a stream of bytes. */
export type FileData = Blob | Uint8Array | string | Readable;

export interface UploadOptions {
  /** File name. Default: the one that a File has. */
  readonly name?: string;
  /** Default: the one that a Blob has, or application/octet-stream. */
  readonly mediaType?: string;
}

/** A stored file or artifact, and its bytes. */
export type Download<Of extends StoredFile | Artifact> = Of & {
  /** The bytes, piece by piece. */
  stream(): Promise<Readable>;
  /** All of them at once. */
  bytes(): Promise<Buffer>;
  /** As a text in UTF-8. */
  text(): Promise<string>;
};

export interface LibraryFiles {
  upload(data: FileData, options?: UploadOptions): Promise<StoredFile>;
  file(id: string): Promise<Download<StoredFile>>;
  artifact(id: string): Promise<Download<Artifact>>;
}

export function createLibraryFiles(files: Files): LibraryFiles {
  function download<Of extends StoredFile | Artifact>(
    record: Of,
    missing: "file_not_found" | "artifact_not_found",
  ) {
    const stream = async () => {
      const data = await files.read(record.id);
      if (!data) throw notFound(missing);
      return data;
    };
    const bytes = async () => buffer(await stream());
    return { ...record, stream, bytes, text: async () => (await bytes()).toString("utf8") };
  }

  return {
    async upload(data, options = {}) {
      const { name = nameOf(data) } = options;
      const mediaType =
        options.mediaType ?? (data instanceof Blob && data.type !== "" ? data.type : undefined);
      const upload = files.upload(LIMITS.uploadBytes);
      let stored: StoredFile | undefined;
      try {
        await upload.add(name, mediaType ?? "application/octet-stream", toStream(data));
        [stored] = await upload.complete();
      } catch (error) {
        await upload.discard().catch(() => undefined);
        throw error;
      }
      if (!stored) throw new TypeError("an upload was completed without a file");
      return stored;
    },
    file: async (id) => download(await files.file(id), "file_not_found"),
    artifact: async (id) => download(await files.artifact(id), "artifact_not_found"),
  };
}

function nameOf(data: FileData): string {
  if (data instanceof File && data.name !== "") return data.name;
  throw new TaskwrightError("validation_failed", "An upload requires a name: upload(data, { name }).");
}

function toStream(data: FileData): Readable {
  if (data instanceof Readable) return data;
  if (data instanceof Blob) return Readable.from(data.stream());
  return Readable.from([Buffer.from(data)]);
}
