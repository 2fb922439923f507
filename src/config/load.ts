// Merges the configuration from flags, environment and config file. Reads none of them itself.
import { didYouMean } from "../lib/suggest.js";
import type { TaskType } from "../task/define.js";
import { ConfigError } from "./error.js";
import type { ConfigFile } from "./file.js";
import {
  flagOf,
  isOptionKey,
  OPTION_KEYS,
  type OptionKey,
  type Settings,
  TABLE,
  variableOf,
} from "./options.js";
import { storeName } from "./store-url.js";

/** The configuration of a process. */
export interface Config extends Settings {
  /** Task types from the config file, in addition to the built-in ones. */
  readonly tasks: readonly TaskType[];
}

export interface ConfigSources {
  /** Values of the given flags, by option key. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Environment variables; only those that start with TASKWRIGHT_ are used, and empty ones count as absent. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file?: ConfigFile;
}

/** A value and where it was set. */
interface Source {
  readonly name: string;
  readonly raw: unknown;
}

const VARIABLES: ReadonlyMap<string, OptionKey> = new Map(OPTION_KEYS.map((key) => [variableOf(key), key]));

/**
 * Precedence: flags, environment, config file, defaults. Throws ConfigError with all faults (unknown names and invalid
 * values) and their sources. Secrets, and passwords in URLs, are not repeated in messages.
 */
export function loadConfig({ flags, env, file }: ConfigSources): Config {
  const faults = [...unknownVariables(env), ...unknownFileKeys(file)];
  const settings: { -readonly [K in OptionKey]?: Settings[K] } = {};
  function read<K extends OptionKey>(key: K): void {
    const source = sourceOf(key, { flags, env, file });
    if (!source) {
      settings[key] = TABLE[key].default;
      return;
    }
    const value = TABLE[key].kind.read(source.raw);
    if (value === undefined) faults.push(badValue(key, source));
    else settings[key] = value;
  }
  for (const key of OPTION_KEYS) read(key);
  if (faults.length > 0 || !isComplete(settings)) throw new ConfigError(faults);
  return { ...settings, tasks: file?.tasks ?? [] };
}

function sourceOf(key: OptionKey, { flags, env, file }: ConfigSources): Source | undefined {
  if (flags[key] !== undefined) return { name: flagOf(key), raw: flags[key] };
  const variable = variableOf(key);
  if (env[variable]) return { name: variable, raw: env[variable] };
  const inFile = file?.options[key];
  return inFile === undefined ? undefined : { name: `${file?.path}: ${key}`, raw: inFile };
}

function badValue(key: OptionKey, { name, raw }: Source): string {
  const { kind, secret } = TABLE[key];
  const written = typeof raw === "string" ? `"${storeName(raw)}"` : (JSON.stringify(raw) ?? String(raw));
  return `${name}: ${secret ? "the value" : written} is invalid; it must be ${kind.allowed}`;
}

function unknownVariables(env: ConfigSources["env"]): string[] {
  const names = Object.keys(env).filter((name) => name.startsWith("TASKWRIGHT_") && !VARIABLES.has(name));
  return names.map((name) => `${name}: unknown setting${didYouMean(name, [...VARIABLES.keys()])}`);
}

function unknownFileKeys(file: ConfigFile | undefined): string[] {
  const keys = Object.keys(file?.options ?? {}).filter((key) => !isOptionKey(key));
  return keys.map(
    (key) => `${file?.path}: ${key}: unknown setting${didYouMean(key, ["tasks", ...OPTION_KEYS])}`,
  );
}

function isComplete(settings: { readonly [K in OptionKey]?: Settings[K] }): settings is Settings {
  return OPTION_KEYS.every((key) => Object.hasOwn(settings, key));
}
