// Flags that follow from the table of options, and what flags of several commands share.
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Client, createClient } from "../client/index.js";
import { type Config, loadConfig } from "../config/load.js";
import { flagOf, OPTION_KEYS, type OptionKey, type Scope, TABLE, variableOf } from "../config/options.js";
import { type Millis, parseDuration } from "../model/time.js";

/** The keys of all options for servers, or for commands that talk to one. */
export function keysFor(scope: Scope): readonly OptionKey[] {
  return OPTION_KEYS.filter((key) => TABLE[key].scope.includes(scope));
}

/** Gives the command a flag for each of these options. */
export function addConfigFlags(command: Command, keys: readonly OptionKey[]): Command {
  for (const key of keys) {
    const { placeholder } = TABLE[key].kind;
    const flag = placeholder === "" ? flagOf(key) : `${flagOf(key)} <${placeholder}>`;
    command.addOption(new Option(flag, `${TABLE[key].help} (${notes(key)})`));
  }
  return command;
}

function notes<K extends OptionKey>(key: K): string {
  const option = TABLE[key];
  const preset = typeof option.default === "boolean" ? "" : option.kind.print(option.default);
  return [...(preset === "" ? [] : [`default ${preset}`]), variableOf(key)].join("; ");
}

/** The values of these options that stood on the command line. */
export function configFlags(command: Command, keys: readonly OptionKey[]): Record<string, unknown> {
  const given = keys.filter((key) => command.getOptionValueSource(key) === "cli");
  return Object.fromEntries(given.map((key) => [key, command.getOptionValue(key)]));
}

/** Gives the command the flags of those that talk to a server. */
export function addClientFlags(command: Command): Command {
  return addConfigFlags(command, keysFor("client"));
}

/** What a config file gets when it imports "taskwright": this very program, not another copy of it. */
export async function loadLibrary(): Promise<Readonly<Record<string, unknown>>> {
  return { taskwright: await import("../index.js") };
}

/** A client of the server that flags and environment name. Throws ConfigError. */
export function connect(command: Command): { readonly client: Client; readonly config: Config } {
  const config = loadConfig({ flags: configFlags(command, keysFor("client")), env: process.env });
  return { config, client: createClient({ url: config.url, key: config.apiKey }) };
}

/** The end of a help text. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

/** Parsers of flag values; what they refuse is a usage error. */
export const wholeNumber = (text: string): number => {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
};

export const durationText = (text: string): Millis => {
  const millis = parseDuration(text);
  if (millis === undefined)
    throw new InvalidArgumentError('It must be like "500ms", "30s", "5m", "2h" or "7d".');
  return millis;
};

/** A date as people write it, in RFC 3339. */
export const dateText = (text: string): string => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError('It must be a date such as "2026-12-24T18:00:00Z".');
  }
  return date.toISOString();
};

/** Gathers a flag that may be given several times. */
export const gather = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
