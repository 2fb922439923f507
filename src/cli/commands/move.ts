// taskwright move: moves a SQLite store to PostgreSQL while no server is running.
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { readConfigFile } from "../../config/file.js";
import { loadConfig } from "../../config/load.js";
import type { OptionKey } from "../../config/options.js";
import { isPostgresUrl, isReadableUrl, storeName } from "../../config/store-url.js";
import { systemClock } from "../../lib/clock.js";
import { formatDuration } from "../../model/time.js";
import { createBar } from "../bar.js";
import { CommandFailure, EXIT } from "../failure.js";
import { addConfigFlags, configFlags, examples, loadLibrary } from "../flags.js";
import { untilInterrupted } from "../interrupt.js";
import type { Move } from "../move/move-store.js";
import { beginningLine, comparisonLines, nextLines, toJson } from "../move/report.js";
import { dataScreen, print, printJson, say } from "../output.js";

const KEYS: readonly OptionKey[] = ["schema", "dataDir", "files", "logLevel"];

interface MoveFlags {
  readonly from: string;
  readonly to: string;
  readonly fromFiles?: string;
  readonly json?: true;
}

export function addMove(program: Command): void {
  const command = program
    .command("move")
    .description("Move a SQLite store to PostgreSQL. No server or worker may be running on either.")
    .requiredOption(
      "--from <file>",
      "SQLite database to read, such as data/taskwright.db or sqlite:data/taskwright.db",
    )
    .requiredOption("--to <url>", "Target database: postgres://user:password@host:port/database")
    .option(
      "--from-files <place>",
      "Where the source stores files, if it was run with --files (default folder)",
    )
    .option("--json", "Print a summary as JSON");
  addConfigFlags(command, KEYS).action(async (flags: MoveFlags) => {
    const { from, to } = checkPlaces(flags);
    const file = await readConfigFile(process.cwd(), loadLibrary);
    const { schema, dataDir, files } = loadConfig({
      flags: configFlags(command, KEYS),
      env: process.env,
      file,
    });
    const places = { from, to, schema, dataDir, files, fromFiles: flags.fromFiles ?? "folder" };
    await untilInterrupted((signal) => move({ ...places, signal, json: flags.json === true }));
  });
  command.addHelpText(
    "after",
    `
Moves finished, waiting and scheduled tasks with their results, logs, attempts and checkpoints, idempotency keys, counters
and files. Files are copied from the folder "files" in --data-dir to the location given by --files, by default the
database. A folder that both stores use is left unchanged. Tasks that were running when the source stopped are taken over
by the first worker, as after a crash.

The source is opened read-only and locked during the move. The target schema must be empty; servers and workers cannot
use it until every table has been compared and matches. If the move is interrupted, run the same command again: it resumes
where it stopped, or starts over if the source has changed since.
${examples([
  "taskwright move --from data/taskwright.db --to postgres://owner:…@db.example.org/tasks",
  "PGPASSWORD=… taskwright move --from sqlite:/srv/tasks.db --to postgres://owner@db.example.org/tasks --json",
])}`,
  );
}

function checkPlaces({ from, to }: MoveFlags): { readonly from: string; readonly to: string } {
  const source = from.replace(/^sqlite:(\/\/(?=\/))?/, "");
  if (/^\w+:\/\//.test(source)) {
    throw new CommandFailure(
      EXIT.usage,
      `--from: ${storeName(source)} is not a SQLite file; move copies from SQLite to PostgreSQL`,
    );
  }
  if (!isPostgresUrl(to) || !isReadableUrl(to)) {
    throw new CommandFailure(
      EXIT.usage,
      `--to: ${storeName(to)} is not a valid URL; it must be postgres://user:password@host:port/database (special characters in the password percent-encoded)`,
    );
  }
  return { from: source, to };
}

async function move(options: {
  readonly from: string;
  readonly to: string;
  readonly schema: string;
  readonly dataDir: string;
  readonly files: string;
  readonly fromFiles: string;
  readonly signal: AbortSignal;
  readonly json: boolean;
}): Promise<void> {
  const { json, ...places } = options;
  const { from, to, schema, signal } = places;
  if (!existsSync(from))
    throw new CommandFailure(EXIT.notFound, `database ${from} does not exist; check --from`);
  // Imported here so that commands that need no database start faster.
  const { moveStore } = await import("../move/move-store.js");
  const start = systemClock.monotonic();
  const bar = createBar(1);
  let moved: Move;
  try {
    moved = await moveStore({
      ...places,
      clock: systemClock,
      onProgress: (what, done) => bar.update(done, what),
    });
  } catch (error) {
    bar.clear();
    if (signal.aborted) say("Copied data is kept: run the same command again to resume.");
    throw error;
  }
  bar.clear();
  const took = systemClock.monotonic() - start;
  const place = `${storeName(to)}, schema ${schema}`;
  if (json) printJson(toJson(moved, { from, to: storeName(to), schema, took }));
  else print(...comparisonLines(moved, dataScreen()));
  if (moved.differing.length > 0) {
    throw new CommandFailure(
      EXIT.error,
      `the rows in ${moved.differing.join(", ")} of ${place} differ from the source, so the schema stays locked. The source is unchanged. ` +
        "Make sure that nothing else writes to the schema, and run the same command again; it starts over.",
    );
  }
  if (json) return;
  say(beginningLine(moved), `Moved to ${place} in ${formatDuration(took)}.`, ...nextLines(moved, from));
}
