// What a shell can complete, derived from the commands. Independent of the shell.
import type { Argument, Command, Option } from "commander";
import { STATUSES } from "../../model/status.js";

/** Possible values: fixed words, names from the server, files, or anything. */
export type Candidates =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "types" | "queues" | "files" | "none" };

export interface CompletedOption {
  /** --queue and -q. */
  readonly flags: readonly string[];
  readonly help: string;
  /** Undefined for a switch, which has no value. */
  readonly value?: Candidates;
}

export interface CompletedCommand {
  readonly name: string;
  readonly help: string;
  readonly options: readonly CompletedOption[];
  readonly argument: Candidates;
}

export function completionTable(program: Command): readonly CompletedCommand[] {
  const visible = program.createHelp().visibleCommands(program);
  const names = visible.map((command) => command.name());
  return visible.map((command) => ({
    name: command.name(),
    help: firstSentence(command.description()),
    options: command.createHelp().visibleOptions(command).map(completedOption),
    argument: command.name() === "help" ? { kind: "words", words: names } : argumentOf(command),
  }));
}

function completedOption(option: Option): CompletedOption {
  const flags = [option.long, option.short].filter((flag) => flag !== undefined && flag !== null);
  const help = firstSentence(option.description);
  if (!option.required && !option.optional) return { flags, help };
  return { flags, help, value: candidates(option.attributeName(), option.argChoices) };
}

function argumentOf(command: Command): Candidates {
  const argument: Argument | undefined = command.registeredArguments[0];
  return argument ? candidates(argument.name(), argument.argChoices) : { kind: "none" };
}

/** Chosen by the name of the option or argument; a name means the same in every command. */
function candidates(name: string, choices: readonly string[] | undefined): Candidates {
  if (choices) return { kind: "words", words: choices };
  switch (name) {
    case "type":
      return { kind: "types" };
    case "queue":
      return { kind: "queues" };
    case "status":
      return { kind: "words", words: STATUSES };
    case "file":
    case "folder":
    case "store":
    case "dataDir":
      return { kind: "files" };
    default:
      return { kind: "none" };
  }
}

function firstSentence(text: string): string {
  return /^.*?(?=\. |\.$|: |; | \(|$)/.exec(text)?.[0] ?? text;
}
