// taskwright move: everything of a SQLite store into PostgreSQL, while no server runs.
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
    .description("Move everything from a SQLite store into PostgreSQL, while nothing runs on either.")
    .requiredOption(
      "--from <file>",
      "the SQLite database, as data/taskwright.db or sqlite:data/taskwright.db",
    )
    .requiredOption("--to <url>", "where it goes: postgres://user:password@host:port/database")
    .option(
      "--from-files <place>",
      "where the source keeps files, if it was run with --files (default folder)",
    )
    .option("--json", "print what was moved as JSON");
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
Tasks with results, logs, attempts and checkpoints, what waits or is scheduled, replay keys, counts, and files: from the
folder files in --data-dir to where --files says, by default into the database. A folder that both use is left as it is.
Tasks that ran when the source stopped are taken over by the first worker, as after any crash.

The source is only read, and nobody else can open it meanwhile. The schema must be empty; it stays closed to servers and
workers until everything has been compared and is the same. Interrupted, run the same command again: it goes on where it
stopped, or starts over if the source was written to since.
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
      `--from: ${storeName(source)} is no SQLite file; move goes from SQLite to PostgreSQL`,
    );
  }
  if (!isPostgresUrl(to) || !isReadableUrl(to)) {
    throw new CommandFailure(
      EXIT.usage,
      `--to: ${storeName(to)} is not allowed; allowed is postgres://user:password@host:port/database (special characters in the password percent-encoded)`,
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
  if (!existsSync(from)) throw new CommandFailure(EXIT.notFound, `there is no database ${from}; see --from`);
  // Loaded here, so that commands that need no database start without it.
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
    if (signal.aborted) say("What was copied stays: run the same command again, and it goes on from there.");
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
      `${place} has not got the same rows in ${moved.differing.join(", ")}, and stays closed. The source is as it was. ` +
        "Make sure that nothing else writes to the schema, and run the same command again: it starts over.",
    );
  }
  if (json) return;
  say(beginningLine(moved), `Moved to ${place} in ${formatDuration(took)}.`, ...nextLines(moved, from));
}
