// Uploads and artifacts as downloads: attachments by default, pictures in the browser where asked for.
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ErrorCode, TaskwrightError } from "../../model/errors.js";
import type { NewArtifact } from "../../model/task.js";
import { type Files, notFound } from "../../queue/files.js";
import { type ByteRange, contentDisposition, readRange } from "../download-headers.js";
import { serve } from "../serve.js";

/** Pictures that a browser shows without running anything in them. */
const PREVIEWED = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

export function serveDownloads(app: FastifyInstance, { files }: { readonly files: Files }): void {
  serve(app, "files.download", async (request, reply) => {
    const file = await files.file(request.params.id);
    return send(file, "file_not_found", request.query.preview === "1", request, reply);
  });

  serve(app, "artifacts.download", async (request, reply) => {
    const artifact = await files.artifact(request.params.id);
    return send(artifact, "artifact_not_found", request.query.preview === "1", request, reply);
  });

  /** The bytes to answer with; for HEAD none, and none are read but the first. */
  async function open(
    id: string,
    method: string,
    range: ByteRange | undefined,
  ): Promise<Readable | undefined> {
    if (method !== "HEAD") return files.read(id, range);
    const first = await files.read(id, { start: 0, end: 0 });
    first?.on("error", () => undefined).destroy();
    return first && Readable.from([]);
  }

  async function send(
    file: NewArtifact,
    missing: ErrorCode,
    preview: boolean,
    { headers, method }: Pick<FastifyRequest, "headers" | "method">,
    reply: FastifyReply,
  ) {
    const { id, name, mediaType, sizeBytes, sha256 } = file;
    const etag = `"${sha256}"`;
    // May be kept, and is asked for again each time: the answer needs the key.
    const cache = { etag, "cache-control": "private, no-cache" };
    if (headers["if-none-match"] === etag) return reply.code(304).headers(cache).send();
    // A range of what the caller has part of: only while it is still the same.
    const unchanged = headers["if-range"] === undefined || headers["if-range"] === etag;
    const range = unchanged ? readRange(headers.range, sizeBytes) : "whole";
    if (range === "unsatisfiable") {
      reply.header("content-range", `bytes */${sizeBytes}`);
      throw new TaskwrightError("range_not_satisfiable", `The file has ${sizeBytes} bytes.`);
    }
    const data = await open(id, method, range === "whole" ? undefined : range);
    if (!data) throw notFound(missing);
    const inline = preview && PREVIEWED.has(mediaType);
    reply.type(mediaType).headers({
      ...cache,
      "accept-ranges": "bytes",
      "content-length": range === "whole" ? sizeBytes : range.end - range.start + 1,
      "content-disposition": contentDisposition(inline ? "inline" : "attachment", name),
      "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "same-origin",
    });
    if (range !== "whole") {
      reply.code(206).header("content-range", `bytes ${range.start}-${range.end}/${sizeBytes}`);
    }
    return reply.send(data);
  }
}
