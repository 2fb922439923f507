// taskwright completion: prints a shell completion script, and answers the queries of that script.
import { Argument, type Command } from "commander";
import { ApiError, type Client, ConnectionError } from "../../client/index.js";
import type { Millis } from "../../model/time.js";
import { bashScript } from "../completion/bash.js";
import { fishScript } from "../completion/fish.js";
import { completionTable } from "../completion/table.js";
import { zshScript } from "../completion/zsh.js";
import { connect, durationText, examples } from "../flags.js";
import { print } from "../output.js";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("Print a shell completion script for commands, options, task types and queues.")
    .addArgument(new Argument("<shell>", "Shell to print it for").choices(["bash", "zsh", "fish"]))
    .action((shell: keyof typeof SCRIPTS) => print(SCRIPTS[shell](completionTable(program)).trimEnd()))
    .addHelpText(
      "after",
      examples([
        "source <(taskwright completion bash)",
        "taskwright completion zsh > ~/.zfunc/_taskwright",
        "taskwright completion fish > ~/.config/fish/completions/taskwright.fish",
      ]),
    );
  const complete = program
    .command("complete", { hidden: true })
    .addArgument(new Argument("<what>").choices(["types", "queues"]))
    .option("--timeout <duration>", "Longest wait after pressing Tab", durationText, 1_000)
    .action(async (what: "types" | "queues", { timeout }: { readonly timeout: Millis }) => {
      const { client } = connect(complete);
      print(...(await namesOf(client, what, timeout)));
    });
}

/** Empty if the server does not answer in time: completion cannot show errors. */
async function namesOf(
  client: Client,
  what: "types" | "queues",
  timeout: Millis,
): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(timeout);
  try {
    const found = what === "types" ? await client.taskTypes({ signal }) : await client.queues({ signal });
    // bash evaluates completion words, and any client can choose a queue name: offer only harmless ones.
    return found.map(({ name }) => name).filter((name) => /^[\w.:@+-]+$/.test(name));
  } catch (error) {
    if (signal.aborted || error instanceof ConnectionError || error instanceof ApiError) return [];
    throw error;
  }
}
