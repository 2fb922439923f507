// An empty Fastify handler: the limit of anything that answers over HTTP from one Node process. Keeps nothing.
import Fastify from "fastify";
import type { Served } from "../peer.js";

export async function serve(): Promise<Served> {
  const app = Fastify();
  app.post("/api/tasks/submit", async (_request, reply) => {
    reply.code(201);
    return { ok: true };
  });
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  const body = JSON.stringify({ task_type: "noop", parameters: { rows: 1000 } });
  return { url: `${address}/api/tasks/submit`, body };
}
