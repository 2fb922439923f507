// The parts of one task: attempts, logs, artifacts, and why it is where it is.
import type { FastifyInstance } from "fastify";
import { LIMITS } from "../../model/limits.js";
import type { Queue } from "../../queue/queue.js";
import { explanationView } from "../explain-view.js";
import { serve } from "../serve.js";
import { artifactView, attemptView, logLineView } from "../task-view.js";
import { taskId } from "./tasks.js";

export function serveTaskParts(app: FastifyInstance, { queue }: { readonly queue: Queue }): void {
  serve(app, "tasks.attempts", async ({ params }) => {
    const attempts = await queue.attempts(taskId(params));
    return { attempts: attempts.map(attemptView) };
  });

  serve(
    app,
    "tasks.logs",
    async ({ params, query: { after = 0, limit = LIMITS.logPage.default } }) => {
      const { lines, more } = await queue.logs(taskId(params), { after, limit });
      return { lines: lines.map(logLineView), more };
    },
    { isExpensive: true },
  );

  serve(app, "tasks.explain", async ({ params }) => explanationView(await queue.explain(taskId(params))));

  serve(app, "tasks.artifacts", async ({ params }) => {
    const artifacts = await queue.artifacts(taskId(params));
    return { artifacts: artifacts.map(artifactView) };
  });
}
