// A drain by several worker processes: filled by one that is gone when they begin, counted by what each of them says.
import type { Round } from "./bench.js";
import type { Progress } from "./peer.js";
import { difference } from "./servers.js";

/** A drain that does not end within this time is given up, in milliseconds. */
const PATIENCE = 120_000;

/** Tasks a second of `processes` workers together, from the word to start until the last handler of all. */
export async function shareDrain(
  round: Round,
  processes: number,
  count: number,
): Promise<Readonly<Record<string, number>>> {
  const filler = round.start();
  await filler.ask({ do: "fill", count, bytes: 0 });
  await filler.stop();
  await round.site.settle();

  const workers = Array.from({ length: processes }, () => round.start());
  // Each opens its connections before the clock runs.
  await Promise.all(workers.map((worker) => worker.ask({ do: "fill", count: 0, bytes: 0 })));
  const said = new Map<number, Progress>();
  const before = { server: await round.site.sample(), clients: workers.map((worker) => worker.usage()) };
  let timer: NodeJS.Timeout | undefined;
  const finished = new Promise<number>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${count} tasks were not run within 120 s`)), PATIENCE);
    for (const [number, worker] of workers.entries()) {
      worker.onProgress((progress) => {
        said.set(number, progress);
        const all = [...said.values()];
        const handled = all.reduce((sum, one) => sum + one.handled, 0);
        if (handled >= count) resolve(Math.max(...all.map(({ at }) => at)));
      });
    }
  });
  const start = performance.timeOrigin + performance.now();
  try {
    const [end] = await Promise.all([
      finished,
      ...workers.map((worker) => worker.ask({ do: "share", handlerMillis: 0 })),
    ]);
    const server = difference(await round.site.sample(), before.server);
    const client = workers.reduce(
      (sum, worker, number) => sum + worker.usage().cpuMillis - (before.clients[number]?.cpuMillis ?? 0),
      0,
    );
    return {
      rate: (1000 * count) / (end - start),
      cpuMicros: (1000 * (client + server.cpuMillis)) / count,
      serverCpuMicros: (1000 * server.cpuMillis) / count,
      statements: server.statements / count,
    };
  } finally {
    clearTimeout(timer);
  }
}
