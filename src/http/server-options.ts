// What the HTTP server is made of: the parts that the composition root hands over.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import type { TaskId } from "../model/id.js";
import type { Instant } from "../model/time.js";
import type { Facade } from "../queue/facade.js";
import type { Registry } from "../task/registry.js";

export interface HttpServerOptions {
  /** Everything that is stored is reached through it. */
  readonly facade: Facade;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  /** Ids of requests. */
  readonly newId: () => TaskId;
  readonly version: string;
  readonly startedAt: Instant;
  /** Largest upload in bytes. Default 1 GB. */
  readonly uploadLimit?: number;
  /** Largest JSON body in bytes, batches excepted. Default 1 MB. */
  readonly maxBody?: number;
  /** Most bytes that the JSON bodies of all requests may take together. Default 64 MB. */
  readonly bodyMemory?: number;
  /** Most connections at once. Default 2,000, or fewer where the process may open fewer files. */
  readonly maxConnections?: number;
  /** Lists, logs and statistics that are read at once; up to 25 times as many wait. Default 4. */
  readonly concurrentReads?: number;
  /** Asked for on every route but health and the page. Default: no key is required. */
  readonly apiKey?: string | undefined;
  /** Host names served beside the loopback ones. */
  readonly allowedHosts?: readonly string[];
  /** The built page. Absent or missing: `/` says how to build it. */
  readonly dashboardDir?: string | undefined;
  /** Serves what browsers open: the page and the API docs. Default true. */
  readonly pages?: boolean;
  /** The path under which another server passes requests on, such as "/jobs"; their URLs come without it. Default "". */
  readonly basePath?: string;
}

export interface HttpServer {
  /** Answers the URL. Port 0 takes a free one. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
  /** Answers a request that another server took in. */
  answer(request: IncomingMessage, response: ServerResponse): void;
  /** Ends streams and long polls, answers what is being answered, then closes. */
  close(): Promise<void>;
}
