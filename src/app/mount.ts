// The API inside a server that is there already: as a listener for node:http, and as a Fastify plugin. Both pass
// requests on to our own server, which listens nowhere itself.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyPluginAsync, HTTPMethods } from "fastify";
import { checkApiKey } from "../http/security.js";
import type { HttpServer } from "../http/server-options.js";
import { dashboardDir } from "./dashboard-dir.js";
import type { Engine } from "./engine.js";
import { createFetchHandler, type FetchHandler } from "./fetch-handler.js";
import { VERSION } from "./version.js";

export interface MountOptions {
  /** Serves the dashboard and the API docs, too. Default false. */
  readonly dashboard?: boolean;
  /** At least 16 bytes. Asked for on every route but health and the page. Default: no key is required; let the surrounding server decide who may pass. */
  readonly apiKey?: string;
  /** Host names that requests may be for, without a port. Default: loopback names only, so that no page elsewhere can reach in. */
  readonly allowedHosts?: readonly string[];
  /** Largest upload in bytes. Default 1 GB. */
  readonly uploadLimit?: number;
  /** Most bytes that the JSON bodies of all requests may take together; beyond it they are answered 503. Default 64 MB. */
  readonly bodyMemory?: number;
  /** Lists, logs and statistics that are read at once; up to 25 times as many wait. Default 4. */
  readonly concurrentReads?: number;
}

export interface HandlerOptions extends MountOptions {
  /** Path under which it lies, such as "/jobs". Default: the root. */
  readonly prefix?: string;
}

/** What node:http calls for a request. Connect and Express hand over `next`, which takes what is not under the prefix. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;

export interface Mounts {
  fetchHandler(options?: HandlerOptions): FetchHandler;
  handler(options?: HandlerOptions): RequestHandler;
  plugin(options?: MountOptions): FastifyPluginAsync;
  /** Ends streams and long polls of all of them. */
  close(): Promise<void>;
}

/** Paths under which one handler may be reached with links that are right. */
const MOST_PATHS = 16;

const METHODS: HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

export function createMounts(engine: Engine): Mounts {
  const servers: Promise<HttpServer>[] = [];

  async function open(
    { dashboard = false, ...options }: MountOptions,
    basePath: string,
  ): Promise<HttpServer> {
    // Loaded here, so that a program that serves nothing starts without it.
    const { createHttpServer } = await import("../http/app.js");
    return createHttpServer({
      ...engine,
      ...options,
      version: VERSION,
      startedAt: engine.clock.now(),
      pages: dashboard,
      dashboardDir: dashboard ? dashboardDir() : undefined,
      basePath,
    });
  }

  function mount(options: MountOptions, basePath: string): Promise<HttpServer> {
    const server = open(options, basePath);
    servers.push(server);
    return server;
  }

  const mounts: Mounts = {
    fetchHandler(options) {
      const handler = mounts.handler(options);
      return createFetchHandler((request, response) => handler(request, response));
    },

    handler({ prefix = "", ...options } = {}) {
      // An empty key, such as that of a variable that is not set, must not open the API to all.
      checkApiKey(options.apiKey);
      const ownPath = trimmed(prefix);
      /** By the path under which requests come: a host may pass them on from several. */
      const byPath = new Map<string, Promise<HttpServer>>();

      function serverUnder(basePath: string): Promise<HttpServer> {
        const known = byPath.get(basePath);
        if (known !== undefined) return known;
        // A path with parameters has no end of values; only links in answers differ.
        const [first] = byPath.values();
        if (first !== undefined && byPath.size >= MOST_PATHS) return first;
        const server = mount(options, basePath);
        byPath.set(basePath, server);
        return server;
      }

      return (request, response, next) => {
        const url = request.url ?? "/";
        const above = pathAbove(request);
        // app.use("/jobs", handler) has taken the prefix off already.
        const isTaken = ownPath !== "" && above.endsWith(ownPath);
        const below = isTaken ? url : pathBelow(ownPath, url);
        if (below === undefined && next) return next();
        serverUnder(isTaken ? above : above + ownPath).then(
          ({ answer }) => {
            // What is not below the prefix is answered as what is not there: our own path never has this form.
            request.url = below ?? "/api//";
            answer(request, response);
          },
          (error: unknown) => {
            engine.log.error({ err: error }, "could not start the API");
            response.writeHead(500).end();
          },
        );
      };
    },

    plugin: (options = {}) => {
      checkApiKey(options.apiKey);
      return async (scope) => {
        const basePath = trimmed(scope.prefix);
        const server = await mount(options, basePath);
        // Bodies are read by our own server: this one must leave them alone.
        scope.removeAllContentTypeParsers();
        scope.addContentTypeParser("*", (_request, _body, done) => done(null));
        for (const url of ["/", "/*"]) {
          scope.route({
            method: METHODS,
            url,
            handler(request, reply) {
              reply.hijack();
              request.raw.url = pathBelow(basePath, request.raw.url ?? "/") ?? "/";
              server.answer(request.raw, reply.raw);
            },
          });
        }
        // Before the server waits for its connections: streams would keep it waiting.
        scope.addHook("preClose", () => server.close());
      };
    },

    async close() {
      const opened = await Promise.allSettled(servers);
      await Promise.all(opened.map((server) => server.status === "fulfilled" && server.value.close()));
    },
  };
  return mounts;
}

/** What Connect and Express have taken off the URL. */
function pathAbove(request: IncomingMessage): string {
  const baseUrl: unknown = Reflect.get(request, "baseUrl");
  return typeof baseUrl === "string" ? trimmed(baseUrl) : "";
}

function trimmed(prefix: string): string {
  return prefix.replace(/\/+$/, "");
}

/** The rest of a URL under a prefix, beginning with "/", or undefined where it lies elsewhere. */
function pathBelow(prefix: string, url: string): string | undefined {
  if (!url.startsWith(prefix)) return undefined;
  const rest = url.slice(prefix.length);
  if (rest === "" || rest.startsWith("?")) return `/${rest}`;
  return rest.startsWith("/") ? rest : undefined;
}
