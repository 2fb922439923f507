// Parameters from words of a command line: key=value, key:=json, key=@file, typed by the task type's schema. Uploads
// through the function it is given; does no I/O itself.
import { didYouMean } from "../../lib/suggest.js";
import { CommandFailure, EXIT } from "../failure.js";
import { type ParameterShape, parameterNames, shapeOf } from "./schema.js";

export type Parameters = Readonly<Record<string, unknown>>;

/** One word of the command line, taken apart. */
interface Assignment {
  readonly key: string;
  readonly json: boolean;
  readonly text: string;
}

/**
 * `base` with what the words say on top. A key that is given several times becomes a list. `upload` makes the id of a
 * file that is named as key=@path. Throws CommandFailure for words that can't be read.
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
  // All words are read before the first upload: a slip in the last one should not cost a gigabyte.
  const plan = [...byKey].map(([key, words]) => readKey(schema, key, words));
  const parameters: Record<string, unknown> = { ...options.base };
  for (const { key, isList, values } of plan) {
    const ready: unknown[] = [];
    for (const value of values) ready.push("file" in value ? await options.upload(value.file) : value.value);
    const [first] = ready;
    // key:=[1,2] is the whole list already.
    const whole = ready.length === 1 && (!isList || Array.isArray(first));
    parameters[key] = whole ? first : ready;
  }
  return parameters;
}

/** A value, or the file whose id will be it. */
type Value = { readonly value: unknown } | { readonly file: string };

function readKey(schema: Parameters, key: string, assignments: readonly Assignment[]) {
  checkName(schema, key);
  const shape = shapeOf(schema, key);
  const isList = shape.types.has("array");
  if (assignments.length > 1 && !isList && shape.types.size > 0) {
    throw usage(`parameter ${key} is given ${assignments.length} times, and is no list`);
  }
  return { key, isList, values: assignments.map((assignment) => readValue(assignment, shape)) };
}

function takeApart(word: string): Assignment {
  const [, key, operator, text] = /^([^=]+?)(:?=)([\s\S]*)$/.exec(word) ?? [];
  if (key === undefined || text === undefined) {
    throw usage(`-p ${word}: write key=value, key:=json or key=@file`);
  }
  return { key, json: operator === ":=", text };
}

function checkName(schema: Parameters, key: string): void {
  const { names, open } = parameterNames(schema);
  if (names.length === 0 || open || names.includes(key)) return;
  throw usage(`no parameter ${key}${didYouMean(key, names)} (there are: ${names.join(", ")})`);
}

function readValue({ key, json, text }: Assignment, shape: ParameterShape): Value {
  if (json) return { value: parseJson(`-p ${key}`, text) };
  // Elsewhere an @ is just how a text begins.
  if (text.startsWith("@") && (shape.file || shape.types.size === 0)) return { file: text.slice(1) };
  return { value: typed(text, shape.types.has("array") ? shape.items : shape.types) };
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** The text as a value of one of these types; as it is where none fits, so that the server can say what is wrong. */
function typed(text: string, types: ReadonlySet<string>): unknown {
  if (types.has("string") || types.size === 0) return text;
  if ((types.has("integer") || types.has("number")) && NUMBER.test(text)) return Number(text);
  if (types.has("boolean") && (text === "true" || text === "false")) return text === "true";
  if (types.has("null") && text === "null") return null;
  return types.has("object") && text.startsWith("{") ? parseJson("-p", text) : text;
}

/** Throws CommandFailure, naming `source`, where the text is no JSON. */
export function parseJson(source: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usage(`${source}: is not JSON (${error instanceof Error ? error.message : error})`);
  }
}

function usage(message: string): CommandFailure {
  return new CommandFailure(EXIT.usage, message);
}
