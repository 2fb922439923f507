// Command-line flags derived from the options table, and helpers shared by several commands.
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Client, createClient } from "../client/index.js";
import { type Config, loadConfig } from "../config/load.js";
import { flagOf, OPTION_KEYS, type OptionKey, type Scope, TABLE, variableOf } from "../config/options.js";
import { LIMITS } from "../model/limits.js";
import { type Millis, parseDuration } from "../model/time.js";

/** The keys of all options in this scope. */
export function keysFor(scope: Scope): readonly OptionKey[] {
  return OPTION_KEYS.filter((key) => TABLE[key].scope.includes(scope));
}

/** Adds a flag to the command for each of these options. */
export function addConfigFlags(command: Command, keys: readonly OptionKey[]): Command {
  for (const key of keys) {
    const { placeholder } = TABLE[key].kind;
    const flag = placeholder === "" ? flagOf(key) : `${flagOf(key)} <${placeholder}>`;
    command.addOption(new Option(flag, `${TABLE[key].flagHelp ?? TABLE[key].help} (${notes(key)})`));
  }
  return command;
}

function notes<K extends OptionKey>(key: K): string {
  const option = TABLE[key];
  const preset = typeof option.default === "boolean" ? "" : option.kind.print(option.default);
  return [...(preset === "" ? [] : [`default ${preset}`]), variableOf(key)].join("; ");
}

/** The values of those options that were given on the command line. */
export function configFlags(command: Command, keys: readonly OptionKey[]): Record<string, unknown> {
  const given = keys.filter((key) => command.getOptionValueSource(key) === "cli");
  return Object.fromEntries(given.map((key) => [key, command.getOptionValue(key)]));
}

/** Adds the flags of client commands. */
export function addClientFlags(command: Command): Command {
  return addConfigFlags(command, keysFor("client"));
}

/** Options of a task whose help names their bounds. */
export function priorityFlag(): Option {
  const { min, max } = LIMITS.priority;
  const help = `Priority from ${min} to ${max}; higher runs first`;
  return new Option("--priority <number>", help).argParser(wholeNumber);
}

export function maxAttemptsFlag(): Option {
  const { min, max } = LIMITS.maxAttempts;
  return new Option("--max-attempts <number>", `Maximum number of attempts, ${min} to ${max}`).argParser(
    wholeNumber,
  );
}

/** What a config file gets when it imports "taskwright": the running program, not a second copy of it. */
export async function loadLibrary(): Promise<Readonly<Record<string, unknown>>> {
  return { taskwright: await import("../index.js") };
}

/** A client for the server given by flags and environment. Throws ConfigError. */
export function connect(command: Command): { readonly client: Client; readonly config: Config } {
  const config = loadConfig({ flags: configFlags(command, keysFor("client")), env: process.env });
  return { config, client: createClient({ url: config.url, key: config.apiKey }) };
}

/** The examples section that ends a help text. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

/** Parsers of flag values; invalid values are usage errors. */
export const wholeNumber = (text: string): number => {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError("Must be a whole number.");
  return Number(text);
};

export const durationText = (text: string): Millis => {
  const millis = parseDuration(text);
  if (millis === undefined)
    throw new InvalidArgumentError('Must be a duration such as "500ms", "30s", "5m", "2h" or "7d".');
  return millis;
};

/** Parses a date; returns it in RFC 3339. */
export const dateText = (text: string): string => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError('Must be a date such as "2026-12-24T18:00:00Z".');
  }
  return date.toISOString();
};

/** Parses a date, which it returns in RFC 3339, or how long ago, which the server counts from its own clock. */
export const timeText = (text: string): string =>
  parseDuration(text.trim()) === undefined || /^\d+$/.test(text.trim()) ? pastDate(text) : text.trim();

function pastDate(text: string): string {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new InvalidArgumentError(
    'Must be a date such as "2026-12-24T18:00:00Z", or how long ago, such as "30m", "1h" or "7d".',
  );
}

/** Collects the values of a repeatable flag. */
export const gather = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
