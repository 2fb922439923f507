// What browsers open: the dashboard, and the API docs. The only routes that answer HTML.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import helmet from "@fastify/helmet";
import fastifyStatic from "@fastify/static";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { DOCS_THEME } from "./docs-theme.js";
import type { HttpServerOptions } from "./server-options.js";

const FOR_GOOD = "public, max-age=31536000, immutable";

/** Longest name of a file, in characters. */
const LONGEST_NAME = 255;
/** Paths that are, or will be, something else than a page: programs that ask for them want no HTML. */
const NO_PAGE = /^(?:api|docs|metrics|openapi\.json)(?:\/|$)/;

/** Adds hooks to `app`: hand over a scope of its own. */
export async function servePages(
  app: FastifyInstance,
  { dashboardDir, basePath = "" }: Pick<HttpServerOptions, "dashboardDir" | "basePath">,
): Promise<void> {
  app.addHook("onRequest", (_request, reply, done) => {
    // The server's policy is for JSON; helmet sets the one for pages.
    reply.removeHeader("content-security-policy");
    done();
  });
  await app.register(helmet, {
    // Served over plain HTTP on one's own machine; a proxy in front that speaks TLS adds this itself.
    hsts: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", "data:", "blob:"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        // The page names its assets from where it lies, which may be under a prefix.
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
  });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    indexPrefix: basePath,
    theme: DOCS_THEME,
    // The standard layout has a bar that names the framework, and a logo whose inline style the policy forbids.
    uiConfig: { validatorUrl: null, layout: "BaseLayout" },
  });
  const root = dashboardDir === undefined ? undefined : path.resolve(dashboardDir);
  if (root === undefined || !existsSync(path.join(root, "index.html"))) serveHint(app);
  else await serveDashboard(app, root, basePath);
}

function serveHint(app: FastifyInstance): void {
  app.get("/", { config: { access: "open" }, schema: { hide: true } }, (_request, reply) =>
    reply
      .type("text/plain; charset=utf-8")
      .send(
        "Taskwright is running, but the dashboard has not been built: run npm run build.\nThe API is documented at /docs.\n",
      ),
  );
}

/** index.html as it is under a prefix. */
async function pageUnder(basePath: string, root: string): Promise<string> {
  const html = await readFile(path.join(root, "index.html"), "utf8");
  return html.replace('<base href="/" />', () => `<base href="${encodeURI(basePath)}/" />`);
}

/** Whether a decoded path can name a file below the folder, on every file system. */
function isInside(file: string): boolean {
  const names = file.split(/[/\\]/);
  return !file.includes("\0") && names.every((name) => name !== ".." && name.length <= LONGEST_NAME);
}

async function serveDashboard(app: FastifyInstance, root: string, basePath: string): Promise<void> {
  const page = await pageUnder(basePath, root);
  await app.register(fastifyStatic, { root, serve: false, cacheControl: false, preCompressed: true });
  app.get<{ Params: { "*": string } }>(
    "/*",
    { config: { access: "open" }, schema: { hide: true } },
    (request, reply) => {
      const file = request.params["*"];
      if (NO_PAGE.test(file) || !isInside(file)) return reply.callNotFound();
      if (path.extname(file) === "") {
        // The page finds its own way from the address.
        return reply.header("cache-control", "no-cache").type("text/html; charset=utf-8").send(page);
      }
      // The names of assets change with their content.
      return reply.header("cache-control", file.startsWith("assets/") ? FOR_GOOD : "no-cache").sendFile(file);
    },
  );
}
