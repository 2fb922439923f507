// Submits over HTTP with 50 connections; the load comes from this process, the server is the child.
import autocannon from "autocannon";
import type { Bench } from "./bench.js";
import type { Figures, Size } from "./figures.js";
import type { Served } from "./peer.js";
import type { System } from "./systems.js";

const CONNECTIONS = 50;

/** Requests a second, and what the server spends on each. */
export function http(bench: Bench, system: System, { isQuick }: Size): Promise<Figures> {
  return bench.round(system, async (round) => {
    const child = round.start();
    const { served } = await child.ask({ do: "serve" });
    if (!served) throw new Error(`${system.name} said no address`);
    await load(served, 1);
    await round.site.settle();
    const before = { server: await round.site.sample(), client: child.usage() };
    const result = await load(served, isQuick ? 1 : 4);
    const server = await round.site.sample();
    const cpu =
      child.usage().cpuMillis - before.client.cpuMillis + server.cpuMillis - before.server.cpuMillis;
    return {
      rate: result.requests.total / result.duration,
      p99: result.latency.p99,
      cpuMicros: (1000 * cpu) / result.requests.total,
    };
  });
}

async function load({ url, body }: Served, seconds: number): Promise<autocannon.Result> {
  const result = await autocannon({
    url,
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    connections: CONNECTIONS,
    duration: seconds,
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} replies were not 2xx, ${result.errors} requests failed`);
  }
  return result;
}
