// Runs one command line and returns its exit code. The only place that turns errors into messages and exit codes.
import type { Command } from "commander";
import { describeFailure, EXIT } from "./failure.js";
import { createProgram } from "./program.js";

/** Runs the command and returns its exit code. Never throws. */
export async function run(words: readonly string[]): Promise<number> {
  // `taskwright list | head` closes our output early, which is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.error);
  });
  const program = createProgram();
  if (words.length === 0) {
    program.outputHelp();
    return EXIT.ok;
  }
  try {
    await program.parseAsync(words, { from: "user" });
    return EXIT.ok;
  } catch (error) {
    const { code, text } = describeFailure(error, wantsStacks(program));
    if (text !== "") process.stderr.write(`${text}\n`);
    return code;
  }
}

function wantsStacks(program: Command): boolean {
  if (process.env.TASKWRIGHT_LOG_LEVEL === "debug") return true;
  return program.commands.some((command) => command.getOptionValue("logLevel") === "debug");
}
