// Uploads and downloads on the wire.
import { type Static, Type } from "@sinclair/typebox";
import { OneOf, Strict, Timestamp, Uuid } from "./common.js";

export const FileSchema = Type.Object({
  id: Uuid,
  name: Type.String(),
  media_type: Type.String(),
  size_bytes: Type.Integer(),
  sha256: Type.String(),
  created_at: Timestamp,
});

export const BlobPathSchema = Type.Object({ id: Type.String() });

export const BlobQuerySchema = Type.Object(
  { preview: Type.Optional(OneOf(["0", "1"], { description: "1 displays an image in the browser." })) },
  Strict,
);

export const FileListSchema = Type.Object({ files: Type.Array(FileSchema) });

export type WireFile = Static<typeof FileSchema>;
