// `npm run torture`: runs the product under faults, on a database of yours or one of its own, and says whether it kept
// its promises. Exit code 0: kept; 1: broken; 2: wrong flags.
import { parseArgs } from "node:util";
import { systemClock } from "../src/lib/clock.js";
import { report } from "./report.js";
import { type TortureOptions, torture } from "./torture.js";

const HELP = `npm run torture -- [flags]

  --minutes N      how long callers call (default 2)
  --store STORE    postgres://… (in a schema of its own), a SQLite file to make, or "sqlite" for a temporary one;
                   default: a PostgreSQL of its own, which is the only one that is ever restarted or filled up
  --seed N         repeats the choices of an earlier run
  --faults A,B     only these; the report names those that do not fit
  --servers N      processes of the API (default 2; SQLite: 1)
  --workers N      processes of workers (default 3; SQLite: the server works)
  --rate N         tasks submitted per second (default 60)
  --every SECONDS  mean time from one fault to the next (default 3)
  --keep           leave what was recorded, also where every promise was kept
`;

function readFlags(): TortureOptions | undefined {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "2" },
      store: { type: "string" },
      seed: { type: "string" },
      faults: { type: "string" },
      servers: { type: "string", default: "2" },
      workers: { type: "string", default: "3" },
      rate: { type: "string", default: "60" },
      every: { type: "string", default: "3" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const stop = new AbortController();
  // What was begun is finished and checked all the same; a PostgreSQL of our own stops at Ctrl-C, and with it everything.
  if (values.store !== undefined) process.once("SIGINT", () => stop.abort());
  return {
    length: positive("minutes", values.minutes) * 60_000,
    ...(values.store !== undefined && { store: values.store }),
    seed: Math.trunc(positive("seed", values.seed ?? String((systemClock.now() % 1_000_000) + 1))),
    ...(values.faults !== undefined && { faults: values.faults.split(",") }),
    servers: Math.trunc(positive("servers", values.servers)),
    workers: Math.trunc(positive("workers", values.workers)),
    rate: positive("rate", values.rate),
    every: positive("every", values.every) * 1_000,
    keep: values.keep,
    clock: systemClock,
    say: (line) => process.stderr.write(`${line}\n`),
    stop: stop.signal,
  };
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`--${flag} takes a number above 0, not ${JSON.stringify(text)}`);
}

function flags(): TortureOptions | undefined {
  try {
    return readFlags();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n\n${HELP}`);
    process.exit(2);
  }
}

const options = flags();
if (options) {
  options.say(
    `Seed ${options.seed}.${options.store === undefined ? "" : " Ctrl-C ends the calls, and then checks."}`,
  );
  const outcome = await torture(options);
  process.stdout.write(`\n${report(outcome)}\n`);
  process.exitCode = outcome.violations.length > 0 ? 1 : 0;
} else {
  process.stdout.write(HELP);
}
