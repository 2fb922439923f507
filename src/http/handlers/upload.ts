// Uploads: multipart parts streamed to where they stay. A file exists for callers once all of its request has arrived.
import multipart, { type MultipartFile } from "@fastify/multipart";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { TaskwrightError } from "../../model/errors.js";
import { cleanText } from "../../model/json.js";
import { LIMITS } from "../../model/limits.js";
import type { Files, Upload } from "../../queue/files.js";
import { validationFailed } from "../problem.js";
import { serve } from "../serve.js";
import { fileView } from "../task-view.js";

const MEDIA_TYPE = /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/;

interface UploadOptions {
  readonly files: Files;
  /** Largest file in bytes. */
  readonly uploadLimit: number;
}

/** Adds hooks to `app`: hand over a scope of its own. */
export async function serveUpload(
  app: FastifyInstance,
  { files, uploadLimit }: UploadOptions,
): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: {
      files: LIMITS.uploadFiles,
      fields: LIMITS.uploadFields,
      fieldSize: 10_000,
      fileSize: Number.POSITIVE_INFINITY,
    },
  });
  app.addHook("onRequest", (request, _reply, done) => {
    // Only the multipart parser may say what was uploaded: never a body that looks like its outcome.
    const isForm = request.headers["content-type"]?.toLowerCase().startsWith("multipart/form-data");
    done(isForm ? undefined : new TaskwrightError("unsupported_media_type", "Send multipart/form-data."));
  });

  serve(app, "files.upload", async (request, reply) => {
    const upload = files.upload(uploadLimit);
    try {
      await receive(request, upload);
      const stored = await upload.complete();
      if (stored.length === 0) {
        throw validationFailed([
          { pointer: "/file", code: "required", message: "is required: the form must contain a file" },
        ]);
      }
      reply.code(201);
      return { files: stored.map(fileView) };
    } catch (error) {
      await upload.discard();
      reply.header("connection", "close");
      throw error;
    }
  });
}

async function receive(request: FastifyRequest, upload: Upload): Promise<void> {
  const parts = request.parts();
  for (;;) {
    const next = await parts.next().catch((error: unknown) => {
      throw malformed(error);
    });
    if (next.done) return;
    const part = next.value;
    if (part.type === "file") await add(part, upload);
  }
}

async function add(part: MultipartFile, upload: Upload): Promise<void> {
  try {
    await upload.add(displayName(part.filename), mediaType(part), part.file);
  } catch (error) {
    // The stream broke before its end: the sender's doing, not the disk's.
    if (part.file.errored === error || isPrematureClose(error)) throw malformed(error);
    throw error;
  }
}

function malformed(cause: unknown): TaskwrightError {
  if (isCoded(cause) && cause.code.endsWith("_LIMIT")) {
    return new TaskwrightError(
      "payload_too_large",
      `A form must have at most ${LIMITS.uploadFiles} files and ${LIMITS.uploadFields} fields.`,
      {
        cause,
        extra: { limit_files: LIMITS.uploadFiles },
      },
    );
  }
  const detail = "The form is malformed or incomplete; nothing was stored.";
  return new TaskwrightError("malformed_request", detail, { cause });
}

function isPrematureClose(error: unknown): boolean {
  return isCoded(error) && (error.code === "ERR_STREAM_PREMATURE_CLOSE" || error.code === "ABORT_ERR");
}

function isCoded(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

/** What the caller called the file, for people to read: no folders, no control characters. Never a path of ours. */
export function displayName(given: string | undefined): string {
  // Browsers write a quote in a name as %22 (WHATWG HTML, multipart/form-data).
  const base = (given ?? "").replaceAll("%22", '"').split(/[/\\]/).at(-1) ?? "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what goes.
  const name = cleanText(base.replaceAll(/[\u0000-\u001f\u007f]/g, ""), LIMITS.fileNameLength).trim();
  return name === "" || name === "." || name === ".." ? "file" : name;
}

function mediaType({ mimetype }: MultipartFile): string {
  return MEDIA_TYPE.test(mimetype) ? mimetype.toLowerCase() : "application/octet-stream";
}
