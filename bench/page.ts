// How long the dashboard's first list takes in a real browser, from the navigation to the frame that shows its first row.
import { launchBrowser } from "../test/support/browser.js";
import { serve } from "./serve.js";

export interface PageTimes {
  /** The first page of a server that has just been started. */
  readonly cold: readonly number[];
  /** The next one, in another fresh profile. */
  readonly warm: readonly number[];
}

/** Where the time of one load went, in milliseconds since the navigation. */
export interface PageLoad {
  readonly firstRow: number;
  /** When each part had arrived, and how long it took. */
  readonly parts: readonly { readonly name: string; readonly end: number; readonly took: number }[];
}

/** Milliseconds of `rounds` first lists, cold and warm; each cold one on a server of its own. */
export async function pageTimes(options: {
  readonly store: string;
  readonly dataDir: string;
  readonly rounds: number;
  /** Called with each load. */
  readonly tell: (load: PageLoad, kind: keyof PageTimes) => void;
}): Promise<PageTimes> {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const server = await serve(options.store, options.dataDir);
    try {
      for (const [kind, times] of Object.entries({ cold, warm })) {
        const load = await loadPage(`${server.url}/tasks`);
        times.push(load.firstRow);
        options.tell(load, kind === "cold" ? "cold" : "warm");
      }
    } finally {
      await server.stop();
    }
  }
  return { cold, warm };
}

/** Loads the page in a browser that was never used before. */
async function loadPage(url: string): Promise<PageLoad> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto("about:blank");
    await page.addInitScript(WATCH);
    await page.goto(url, { waitUntil: "commit" });
    const load: PageLoad = await page.evaluate("window.firstRowShown");
    return load;
  } finally {
    await browser.close();
  }
}

/** Runs in the page: looks once a frame, and answers with the frame after the one in which the row was there. */
const WATCH = `window.firstRowShown = new Promise((resolve) => {
  const look = () => {
    if (!document.querySelector("tr[data-id]")) return requestAnimationFrame(look);
    requestAnimationFrame(() => {
      const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
      const parts = entries.map(({ name, responseEnd, startTime }) => ({
        name: name.replace(location.origin, ""), end: responseEnd, took: responseEnd - startTime,
      }));
      resolve({ firstRow: performance.now(), parts });
    });
  };
  requestAnimationFrame(look);
});`;
