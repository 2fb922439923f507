// Routes that upload and download bytes. Data only.
import { PATHS } from "../paths.js";
import { BlobPathSchema, BlobQuerySchema, FileListSchema } from "../wire.js";
import type { Route } from "./route.js";

export const FILE_ROUTES = {
  "artifacts.download": {
    ...PATHS["artifacts.download"],
    group: "files",
    summary: "Download an output file; supports single ranges",
    params: BlobPathSchema,
    query: BlobQuerySchema,
    replies: {
      200: { description: "The contents.", schema: null },
      206: { description: "The requested range.", schema: null },
      304: { description: "Not modified.", schema: null },
    },
    errors: ["artifact_not_found", "range_not_satisfiable"],
  },
  "files.upload": {
    ...PATHS["files.upload"],
    group: "files",
    summary: "Upload files as multipart/form-data",
    replies: { 201: { description: "The uploaded files, in order.", schema: FileListSchema } },
    errors: ["validation_failed", "payload_too_large", "unsupported_media_type", "storage_full"],
  },
  "files.download": {
    ...PATHS["files.download"],
    group: "files",
    summary: "Download an uploaded file; supports single ranges",
    params: BlobPathSchema,
    query: BlobQuerySchema,
    replies: {
      200: { description: "The contents.", schema: null },
      206: { description: "The requested range.", schema: null },
      304: { description: "Not modified.", schema: null },
    },
    errors: ["file_not_found", "range_not_satisfiable"],
  },
} as const satisfies Record<string, Route>;
