// A worker process of the PostgreSQL scenarios: drains no-op tasks when told to, and says what it has run and spent.
import { loadEngine } from "./built.js";
import { noopTask } from "./fill.js";

export interface WorkerFigures {
  readonly done: number;
  readonly cpuMicros: number;
  readonly rssBytes: number;
}

/** How often it says how many it has run, in milliseconds. */
const TELL = 50;

const [store = "", schema = "", dataDir = "", concurrency = "200"] = process.argv.slice(2);
const { openEngine } = await loadEngine();
let done = 0;
const noop = await noopTask(() => {
  done++;
});
const engine = await openEngine({ store, schema, dataDir, files: "folder", tasks: [noop] }, "bench");

process.once("message", async () => {
  const before = process.cpuUsage();
  const tell = () => {
    const { user, system } = process.cpuUsage(before);
    process.send?.({ done, cpuMicros: user + system, rssBytes: process.memoryUsage.rss() });
  };
  const telling = setInterval(tell, TELL);
  process.once("disconnect", () => clearInterval(telling));
  await engine.work({ concurrency: Number(concurrency), drain: 0 });
});
process.on("disconnect", () => void engine.close().then(() => process.exit(0)));
process.send?.("ready");
