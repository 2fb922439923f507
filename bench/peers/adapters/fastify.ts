// An empty Fastify handler: the limit of anything that answers over HTTP from one Node process. Keeps nothing.
import Fastify from "fastify";

export async function serve(): Promise<string> {
  const app = Fastify();
  app.post("/api/tasks/submit", async (_request, reply) => {
    reply.code(201);
    return { ok: true };
  });
  return app.listen({ port: 0, host: "127.0.0.1" });
}
