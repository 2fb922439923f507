// What the hot path allocates, in bytes: of the thread of the program, and of the one that writes to SQLite.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { build } from "vite";
import { expect, test } from "vitest";
import { compareWithBudget, hasBudget } from "./compare.js";

const ROOT = path.resolve(import.meta.dirname, "../..");
const OUTPUT = path.join(ROOT, "dist/test/budget");
/** Compiled code may do without an object that the source makes; interpreted code makes each, every time. */
const INTERPRETED = ["--jitless"];
/** In megabytes, more than the program allocates, and no marking ahead: nothing is collected meanwhile. */
const UNCOLLECTED = ["--min-semi-space-size=512", "--max-semi-space-size=512", "--no-incremental-marking"];
/** Objects differ in size from one engine to the next. */
const SECTION = `allocations, Node ${process.versions.node.split(".")[0]}`;

test.runIf(hasBudget(SECTION))(
  "the hot path allocates within its budget",
  async () => {
    // From the sources, into the folder whose neighbours are the compiled threads.
    await build({
      configFile: false,
      root: ROOT,
      logLevel: "error",
      build: {
        ssr: path.join(import.meta.dirname, "allocations-process.ts"),
        outDir: OUTPUT,
        target: "node20",
        minify: false,
      },
    });
    const program = path.join(OUTPUT, "allocations-process.js");
    const { stdout } = await promisify(execFile)(process.execPath, [...INTERPRETED, ...UNCOLLECTED, program]);

    expect(compareWithBudget(SECTION, JSON.parse(stdout))).toEqual([]);
  },
  60_000,
);
