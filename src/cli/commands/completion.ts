// taskwright completion: the script for a shell, and what that script asks the program.
import { Argument, type Command } from "commander";
import { ApiError, type Client, ConnectionError } from "../../client/index.js";
import { bashScript } from "../completion/bash.js";
import { completionTable } from "../completion/table.js";
import { zshScript } from "../completion/zsh.js";
import { connect, examples } from "../flags.js";
import { print } from "../output.js";

const SCRIPTS = { bash: bashScript, zsh: zshScript };
/** Whoever presses Tab waits no longer than this, in milliseconds. */
const PATIENCE = 1_000;

export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("Print the script that lets a shell complete commands, options, task types and queues.")
    .addArgument(new Argument("<shell>", "your shell").choices(["bash", "zsh"]))
    .action((shell: keyof typeof SCRIPTS) => print(SCRIPTS[shell](completionTable(program)).trimEnd()))
    .addHelpText(
      "after",
      examples(["source <(taskwright completion bash)", "taskwright completion zsh > ~/.zfunc/_taskwright"]),
    );
  const complete = program
    .command("complete", { hidden: true })
    .addArgument(new Argument("<what>").choices(["types", "queues"]))
    .action(async (what: "types" | "queues") => {
      const { client } = connect(complete);
      print(...(await namesOf(client, what)));
    });
}

/** None where nobody answers in time: a shell has no place for what is wrong. */
async function namesOf(client: Client, what: "types" | "queues"): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    const found = what === "types" ? await client.taskTypes({ signal }) : await client.queues({ signal });
    // bash runs what looks like a command among the words it completes, and anyone may name a queue.
    return found.map(({ name }) => name).filter((name) => /^[\w.:@+-]+$/.test(name));
  } catch (error) {
    if (signal.aborted || error instanceof ConnectionError || error instanceof ApiError) return [];
    throw error;
  }
}
