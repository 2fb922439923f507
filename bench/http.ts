// Submits over HTTP with many connections, beside an empty Fastify handler that gets the same requests in the same run.
import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import autocannon from "autocannon";
import { NOOP } from "./fill.js";
import { median } from "./statistics.js";

export interface HttpFigures {
  readonly product: number;
  readonly empty: number;
  readonly batched: number;
}

const SUBMIT = { task_type: NOOP, parameters: { rows: 1000 } };

/** Requests per second, the median of `rounds` alternating rounds; and tasks per second in batches of 1,000. */
export async function submitOverHttp(
  folder: string,
  connections: number,
  rounds: number,
): Promise<HttpFigures> {
  const product = await startServer("product", folder);
  const empty = await startServer("empty", folder);
  const figures = { product: [] as number[], empty: [] as number[] };
  try {
    for (let round = 0; round < rounds; round++) {
      figures.empty.push(await load(`${empty.url}/api/tasks/submit`, SUBMIT, connections, 5));
      figures.product.push(await load(`${product.url}/api/tasks/submit`, SUBMIT, connections, 5));
    }
    const tasks = Array.from({ length: 1000 }, () => SUBMIT);
    const batched = 1000 * (await load(`${product.url}/api/tasks/batch`, { tasks }, 2, 5));
    return { product: median(figures.product), empty: median(figures.empty), batched };
  } finally {
    await Promise.all([product.stop(), empty.stop()]);
  }
}

async function load(url: string, body: object, connections: number, seconds: number): Promise<number> {
  const result = await autocannon({
    url,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    connections,
    duration: seconds,
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} replies were not 2xx, ${result.errors} requests failed`);
  }
  return result.requests.total / result.duration;
}

async function startServer(kind: string, folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const child = fork(path.join(import.meta.dirname, "http-server.js"), [kind, folder], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  if (!child.stdout) throw new Error("the server process has no stdout");
  const [line] = await once(child.stdout, "data");
  return {
    url: String(line).trim(),
    async stop() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
