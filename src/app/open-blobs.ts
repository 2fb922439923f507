// Where a configuration puts uploads and artifacts, and how that place is opened. The one place that names all of them.
import path from "node:path";
import { FILES_PLACES, type FilesPlace, readFilesPlace } from "../config/files-place.js";
import { isPostgresUrl } from "../config/store-url.js";
import { createChunkedBlobs } from "../files/chunked.js";
import { createDirectoryBlobs } from "../files/directory.js";
import type { Blobs } from "../files/files.js";
import { withLocalCopies } from "../files/local-copies.js";
import type { Clock } from "../lib/clock.js";
import { TaskwrightError } from "../model/errors.js";

export interface BlobsOptions {
  /**
   * "auto": the folder with SQLite, the database with PostgreSQL. "folder": `files` in the data folder. "database":
   * PostgreSQL. Otherwise the path of a folder, or s3://bucket/prefix?region=…&endpoint=…&path_style=true. Default "auto".
   */
  readonly files?: string;
  /** Holds the folder, and copies of files that lie elsewhere. */
  readonly dataDir: string;
  /** A SQLite file, or a PostgreSQL URL. */
  readonly store: string;
  /** PostgreSQL: where the tables lie. Default "taskwright". */
  readonly schema?: string;
}

/**
 * Opens the place of files. A database or a bucket is first reached when it is used; the database's tables are those of
 * the store, which makes them. Throws TaskwrightError validation_failed for a place that can't be.
 */
export async function openBlobs(options: BlobsOptions, clock: Clock): Promise<Blobs> {
  const { dataDir, store, schema = "taskwright" } = options;
  const copies = { folder: path.join(dataDir, "copies"), now: clock.now };
  const place = placeOf(options);
  switch (place.kind) {
    case "folder":
      return createDirectoryBlobs({ root: path.join(dataDir, "files") });
    case "path":
      return createDirectoryBlobs({ root: place.path });
    // Loaded here, so that a server with a folder starts without them.
    case "database": {
      const { createBlobTable } = await import("../store/postgres/blobs.js");
      return withLocalCopies(createChunkedBlobs(createBlobTable({ url: store, schema })), copies);
    }
    case "bucket": {
      const { createBucketBlobs } = await import("../files/s3.js");
      return withLocalCopies(await createBucketBlobs(place), copies);
    }
  }
}

/** What "auto" stands for is decided here. Throws TaskwrightError validation_failed for a place that can't be. */
export function placeOf({ files = "auto", store }: BlobsOptions): Exclude<FilesPlace, { kind: "auto" }> {
  const place = readFilesPlace(files);
  if (!place) throw new TaskwrightError("validation_failed", `files is invalid; it must be ${FILES_PLACES}.`);
  if (place.kind === "auto") return { kind: isPostgresUrl(store) ? "database" : "folder" };
  if (place.kind === "database" && !isPostgresUrl(store)) {
    throw new TaskwrightError(
      "validation_failed",
      "Files can be stored in the database only with PostgreSQL. Choose a folder or a bucket with --files, or omit it.",
    );
  }
  return place;
}
