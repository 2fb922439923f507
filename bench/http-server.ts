// A process of its own for the HTTP scenarios: the product without a worker, or an empty Fastify handler.
// Says its URL on stdout and ends with its parent.
import Fastify from "fastify";
import { z } from "zod";
import { loadDefine, loadEngine, loadHttp } from "./built.js";
import { NOOP } from "./fill.js";

const [kind, folder = "."] = process.argv.slice(2);
process.on("disconnect", () => process.exit(0));

async function serveEmpty(): Promise<string> {
  const app = Fastify();
  app.post("/api/tasks/submit", async (_request, reply) => {
    reply.code(201);
    return { ok: true };
  });
  return app.listen({ port: 0, host: "127.0.0.1" });
}

async function serveProduct(): Promise<string> {
  const { openEngine } = await loadEngine();
  const { createHttpServer } = await loadHttp();
  const { defineTask } = await loadDefine();
  const noop = defineTask({ name: NOOP, input: z.strictObject({ rows: z.int() }), run: () => undefined });
  const engine = await openEngine({ store: `${folder}/http.db`, dataDir: folder, tasks: [noop] }, "bench");
  const http = await createHttpServer({
    ...engine,
    version: "bench",
    startedAt: Date.now(),
    uploadLimit: 1 << 20,
    allowedHosts: [],
  });
  return http.listen({ host: "127.0.0.1", port: 0 });
}

process.stdout.write(`${await (kind === "empty" ? serveEmpty() : serveProduct())}\n`);
