// An S3-compatible server in this process, with the two calls for unfinished uploads that s3rver itself has not.
import { mkdtempSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import S3rver from "s3rver";

export interface BucketServer {
  readonly endpoint: string;
  /** Requests that were answered, as "PUT /bucket/key". */
  readonly requests: string[];
  /** Parts of objects that are not complete. */
  uploads(): Promise<readonly { readonly id: string; readonly key: string }[]>;
  /** Ends all connections and stops. */
  close(): Promise<void>;
}

export const BUCKET = "files";
/** What the server takes; the client finds them in the environment. */
export const CREDENTIALS = { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" } as const;

export async function startBucketServer(): Promise<BucketServer> {
  const directory = mkdtempSync(path.join(tmpdir(), "taskwright-s3-"));
  const folder = path.join(directory, BUCKET, "._S3rver_uploads");
  const requests: string[] = [];
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    directory,
    silent: true,
    configureBuckets: [{ name: BUCKET }],
  });

  async function uploads() {
    const ids = await readdir(folder).catch(() => []);
    return Promise.all(
      // One that is just being begun or removed has no key.
      ids.map(async (id) => ({
        id,
        key: await readFile(path.join(folder, id, "key"), "utf8").catch(() => ""),
      })),
    );
  }

  server.middleware.unshift(async (context, next) => {
    const { method, query } = context;
    requests.push(`${method} ${context.path}`);
    if (method === "GET" && query.uploads !== undefined) {
      const items = (await uploads()).filter(({ key }) => key.startsWith(query.prefix ?? ""));
      const listed = items.map(
        ({ id, key }) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`,
      );
      context.type = "application/xml";
      context.body = `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${listed.join("")}</ListMultipartUploadsResult>`;
      return;
    }
    if (context.get("range") === "bytes=0-0") {
      // It takes an end of 0 for none.
      await next();
      if (context.body instanceof Readable) context.body = (await buffer(context.body)).subarray(0, 1);
      return;
    }
    if (query.uploadId === undefined) return next();
    if (method !== "DELETE" && (await uploads()).some(({ id }) => id === query.uploadId)) return next();
    if (method === "DELETE") {
      await rm(path.join(folder, query.uploadId), { recursive: true, force: true });
      context.status = 204;
      return;
    }
    context.status = 404;
    context.type = "application/xml";
    context.body = "<Error><Code>NoSuchUpload</Code><Message>It was aborted.</Message></Error>";
  });

  const { port } = await server.run();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    uploads,
    async close() {
      const closed = server.close();
      server.httpServer.closeAllConnections();
      await closed;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
