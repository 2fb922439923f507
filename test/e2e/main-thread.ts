// How long the main thread of a page works: its processor time, which a busy machine does not stretch. No tests here.
import type { Page } from "playwright-core";

export interface MainThread {
  /** Milliseconds that each of these interactions took on average, up to the next frame. */
  mean(interactions: readonly (() => Promise<unknown>)[]): Promise<number>;
}

export async function watchMainThread(page: Page): Promise<MainThread> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const spent = metrics.find((metric) => metric.name === "TaskDuration");
    if (!spent) throw new Error("this browser does not say how long its tasks took");
    return 1000 * spent.value;
  };
  const drawn = () =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return {
    async mean(interactions) {
      const before = await read();
      for (const interact of interactions) {
        await interact();
        await drawn();
      }
      return ((await read()) - before) / interactions.length;
    },
  };
}
