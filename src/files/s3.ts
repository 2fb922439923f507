// Blobs as objects of an S3-compatible bucket: prefix and id are the key. Knows no credentials; the client finds them in the
// environment or in ~/.aws.
import { createHash } from "node:crypto";
import { addAbortSignal, PassThrough, pipeline, Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { TaskwrightError } from "../model/errors.js";
import { idTime } from "../model/id.js";
import type { Instant, Millis } from "../model/time.js";
import { type BlobStorage, BlobTooLarge, checkId } from "./files.js";
import { isAbsent, isUnknownCall, toTaskwrightError } from "./s3-errors.js";

export interface BucketOptions {
  readonly bucket: string;
  /** What every key begins with: empty, or with a slash at its end. */
  readonly prefix: string;
  /** Default: the one that the environment or ~/.aws names; us-east-1 with an endpoint. */
  readonly region?: string;
  /** URL of a server other than Amazon's. */
  readonly endpoint?: string;
  /** The bucket's name stands in the path and not in the host name. */
  readonly pathStyle: boolean;
}

const MB = 1024 * 1024;
/** The smallest that S3 takes. A stream that writes holds three of them in memory. */
const PART_BYTES = 5 * MB;
const PARTS_AT_ONCE = 2;
/** S3 takes no more parts of one object. */
const MOST_PARTS = 10_000;
/** Keys in one request to delete. */
const BATCH = 1000;
const CONNECT: Millis = 10_000;
/** For the beginning of an answer. */
const ANSWER: Millis = 60_000;

/** Reaches nothing yet. Throws TaskwrightError validation_failed where the packages or a region are missing. */
export async function createBucketBlobs(options: BucketOptions): Promise<BlobStorage> {
  const { bucket, prefix, region, endpoint, pathStyle } = options;
  const { s3, Upload } = await loadClient();
  const client = new s3.S3Client({
    ...(region !== undefined ? { region } : endpoint !== undefined ? { region: "us-east-1" } : {}),
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: pathStyle,
    // Servers other than Amazon's don't know the newer checksums; ours is the SHA-256 of the record.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: CONNECT, requestTimeout: ANSWER },
  });
  await checkRegion(client, bucket);
  let isClosed = false;

  function keyOf(id: string): string {
    checkId(id);
    return `${prefix}${id}`;
  }

  /** Tells the server to discard parts of an upload that was given up. */
  async function abandon(key: string, uploadId: string): Promise<void> {
    try {
      await client.send(new s3.AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId }));
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }

  return {
    async write(id, data, { maxBytes = Number.POSITIVE_INFINITY, signal } = {}) {
      const key = keyOf(id);
      const counted = count(data, maxBytes);
      if (signal) addAbortSignal(signal, data);
      try {
        // It sends small files in one piece and others in parts, which it abandons where anything fails.
        await new Upload({
          client,
          params: { Bucket: bucket, Key: key, Body: counted.stream },
          partSize: Number.isFinite(maxBytes)
            ? Math.max(PART_BYTES, Math.ceil(maxBytes / MOST_PARTS))
            : PART_BYTES,
          queueSize: PARTS_AT_ONCE,
        }).done();
        return counted.written();
      } catch (error) {
        data.destroy();
        counted.stream.destroy();
        // What broke the stream counts, and not what became of the bucket afterwards.
        throw counted.broken() ?? toTaskwrightError(error, bucket);
      }
    },

    async read(id, range) {
      const Range = range && `bytes=${range.start}-${range.end}`;
      try {
        const { Body } = await client.send(
          new s3.GetObjectCommand({ Bucket: bucket, Key: keyOf(id), Range }),
        );
        const through = new PassThrough();
        // A reader that stops releases the connection, too. What breaks it, breaks `through`.
        pipeline(Body instanceof Readable ? Body : [], through, heardElsewhere);
        return through;
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error instanceof RangeError ? error : toTaskwrightError(error, bucket);
      }
    },

    async remove(ids) {
      const keys = ids.map(keyOf);
      for (let start = 0; start < keys.length; start += BATCH) {
        const Objects = keys.slice(start, start + BATCH).map((Key) => ({ Key }));
        try {
          const { Errors: [error] = [] } = await client.send(
            new s3.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
          );
          if (error) throw Object.assign(new Error(error.Message), { name: error.Code ?? "" });
        } catch (error) {
          throw toTaskwrightError(error, bucket);
        }
      }
    },

    /** Servers that can't list uploads need a rule of their own for those that were never completed. */
    async sweep(before) {
      try {
        const { Uploads = [], IsTruncated = false } = await client.send(
          new s3.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, MaxUploads: BATCH }),
        );
        const old = Uploads.filter(({ Key }) => isOlder(Key, prefix, before));
        for (const { Key, UploadId } of old) if (Key && UploadId) await abandon(Key, UploadId);
        return IsTruncated && old.length > 0;
      } catch (error) {
        if (isUnknownCall(error)) return false;
        throw toTaskwrightError(error, bucket);
      }
    },

    async close() {
      if (!isClosed) client.destroy();
      isClosed = true;
    },
  };
}

async function loadClient() {
  try {
    const [s3, { Upload }] = await Promise.all([
      import("@aws-sdk/client-s3"),
      import("@aws-sdk/lib-storage"),
    ]);
    return { s3, Upload };
  } catch (cause) {
    const detail =
      "Storing files in a bucket requires two packages. Install them with: npm install @aws-sdk/client-s3 @aws-sdk/lib-storage";
    throw new TaskwrightError("validation_failed", detail, { cause });
  }
}

async function checkRegion(client: S3Client, bucket: string): Promise<void> {
  try {
    await client.config.region();
  } catch (cause) {
    const detail = `No region is set for the bucket ${bucket}. Set it with ?region=… in --files, or set AWS_REGION.`;
    throw new TaskwrightError("validation_failed", detail, { cause });
  }
}

/** Other programs may use the bucket: what is not called as ours is not ours. */
function isOlder(key: string | undefined, prefix: string, before: Instant): boolean {
  const begun = key?.startsWith(prefix) ? idTime(key.slice(prefix.length)) : undefined;
  return begun !== undefined && begun < before;
}

function heardElsewhere(): void {
  // The reader of the stream gets the error.
}

/** The same bytes, counted and hashed on their way. */
function count(data: Readable, maxBytes: number) {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let failure: unknown;
  // A stream that breaks before it is read would end the process; the reader below gets the error all the same.
  data.on("error", (error) => {
    failure ??= error;
  });

  async function* pass(): AsyncGenerator<Buffer> {
    for await (const piece of data) {
      const bytes: Buffer = Buffer.from(piece);
      sizeBytes += bytes.length;
      if (sizeBytes > maxBytes) {
        failure = new BlobTooLarge(maxBytes);
        throw failure;
      }
      hash.update(bytes);
      yield bytes;
    }
  }

  return {
    stream: Readable.from(pass(), { objectMode: false }),
    written: () => ({ sizeBytes, sha256: hash.digest("hex") }),
    broken: () => failure,
  };
}
