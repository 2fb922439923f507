// Where the bytes of uploads and artifacts lie, unless a folder or a bucket has them.
import type { Migration } from "../../migration.js";

export const blobs: Migration = {
  version: 2,
  reason: "Files follow the tasks to every machine.",
  sql: `
-- One row for each write of a file. Without a size it is half written, or half removed: nobody reads it, and it is swept.
CREATE TABLE taskwright.blob (
  key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL,
  chunk_bytes integer NOT NULL,
  size_bytes bigint,
  sha256 text
);
CREATE UNIQUE INDEX blob_whole ON taskwright.blob (id) WHERE size_bytes IS NOT NULL;
CREATE INDEX blob_half ON taskwright.blob (id) WHERE size_bytes IS NULL;

-- All parts of a file but its last have chunk_bytes bytes. They are stored as they are: most files are compressed already.
CREATE TABLE taskwright.chunk (
  blob bigint NOT NULL REFERENCES taskwright.blob (key) ON DELETE CASCADE,
  seq integer NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (blob, seq)
);
ALTER TABLE taskwright.chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
`,
};
