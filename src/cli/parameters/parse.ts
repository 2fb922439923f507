// Parses parameters from command-line arguments (key=value, key:=json, key=@file), converted according to the task type's
// schema. Files are uploaded through a callback; no I/O of its own.
import { didYouMean } from "../../lib/suggest.js";
import { CommandFailure, EXIT } from "../failure.js";
import { type ParameterShape, parameterNames, shapeOf } from "./schema.js";

export type Parameters = Readonly<Record<string, unknown>>;

/** One parsed argument. */
interface Assignment {
  readonly key: string;
  readonly json: boolean;
  readonly text: string;
}

/**
 * Returns `base` overridden by the arguments. A repeated key becomes a list. `upload` returns the file id for key=@path.
 * Throws CommandFailure for invalid arguments.
 */
export async function parseParameters(
  words: readonly string[],
  options: {
    readonly schema: Parameters | null;
    readonly base?: Parameters;
    readonly upload: (path: string) => Promise<string>;
  },
): Promise<Parameters> {
  const schema = options.schema ?? {};
  const byKey = new Map<string, Assignment[]>();
  for (const assignment of words.map(takeApart)) {
    byKey.set(assignment.key, [...(byKey.get(assignment.key) ?? []), assignment]);
  }
  // Parse everything before the first upload: a typo in the last argument should not cost a gigabyte.
  const plan = [...byKey].map(([key, words]) => readKey(schema, key, words));
  const parameters: Record<string, unknown> = { ...options.base };
  for (const { key, isList, values } of plan) {
    const ready: unknown[] = [];
    for (const value of values) ready.push("file" in value ? await options.upload(value.file) : value.value);
    const [first] = ready;
    // key:=[1,2] is already the whole list.
    const whole = ready.length === 1 && (!isList || Array.isArray(first));
    parameters[key] = whole ? first : ready;
  }
  return parameters;
}

/** A value, or a file whose id becomes the value. */
type Value = { readonly value: unknown } | { readonly file: string };

function readKey(schema: Parameters, key: string, assignments: readonly Assignment[]) {
  checkName(schema, key);
  const shape = shapeOf(schema, key);
  const isList = shape.types.has("array");
  if (assignments.length > 1 && !isList && shape.types.size > 0) {
    throw usage(`parameter ${key} is given ${assignments.length} times but is not a list`);
  }
  return { key, isList, values: assignments.map((assignment) => readValue(assignment, shape)) };
}

function takeApart(word: string): Assignment {
  const [, key, operator, text] = /^([^=]+?)(:?=)([\s\S]*)$/.exec(word) ?? [];
  if (key === undefined || text === undefined) {
    throw usage(`-p ${word}: must be key=value, key:=json or key=@file`);
  }
  return { key, json: operator === ":=", text };
}

function checkName(schema: Parameters, key: string): void {
  const { names, open } = parameterNames(schema);
  if (names.length === 0 || open || names.includes(key)) return;
  throw usage(`unknown parameter ${key}${didYouMean(key, names)} (available: ${names.join(", ")})`);
}

function readValue({ key, json, text }: Assignment, shape: ParameterShape): Value {
  if (json) return { value: parseJson(`-p ${key}`, text) };
  // For other parameters a leading @ is ordinary text.
  if (text.startsWith("@") && (shape.file || shape.types.size === 0)) return { file: text.slice(1) };
  return { value: typed(text, shape.types.has("array") ? shape.items : shape.types) };
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** Converts the text to one of these types; leaves it unchanged if none fits, so that the server reports the error. */
function typed(text: string, types: ReadonlySet<string>): unknown {
  if (types.has("string") || types.size === 0) return text;
  if ((types.has("integer") || types.has("number")) && NUMBER.test(text)) return Number(text);
  if (types.has("boolean") && (text === "true" || text === "false")) return text === "true";
  if (types.has("null") && text === "null") return null;
  return types.has("object") && text.startsWith("{") ? parseJson("-p", text) : text;
}

/** Throws CommandFailure naming `source` if the text is not JSON. */
export function parseJson(source: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usage(`${source}: invalid JSON (${error instanceof Error ? error.message : error})`);
  }
}

function usage(message: string): CommandFailure {
  return new CommandFailure(EXIT.usage, message);
}
