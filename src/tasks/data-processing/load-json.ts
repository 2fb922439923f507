// Reads JSON lines, or an array of objects, into the table `data`: a column for every key of any object, each value as
// JSON first, then with a type that fits all values of the column.
import { createReadStream, createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { Discard } from "../../index.js";
import { datePattern } from "./dates.js";
import { diagnoseJsonLines } from "./diagnose.js";
import { chosenColumns, type Loading, refuse } from "./loading.js";
import { KEPT_DIGITS, markLongNumbers, unmarkedSql } from "./long-numbers.js";
import { checkNesting } from "./nesting.js";
import { identifier, text } from "./sql.js";
import type { ShownColumn } from "./table.js";

const MAX_COLUMNS = 4096;
/** Columns whose values one query looks at. */
const COLUMNS_PER_QUERY = 50;

export interface JsonLayout {
  readonly layout: "newline_delimited" | "array";
  readonly hasMark: boolean;
}

/** Throws Discard with line and reason where it is no JSON. */
export async function loadJson(
  given: Loading,
  { layout, hasMark }: JsonLayout,
): Promise<readonly ShownColumn[]> {
  const plain = hasMark ? await withoutMark(given) : given;
  const { hasLongDecimals } = await checkNesting(plain.file, layout, given.context.signal);
  const loading = hasLongDecimals ? await withMarkedNumbers(plain) : plain;
  const { file, session, context } = loading;
  const from = [
    text(file.path),
    `format = '${layout}'`,
    "sample_size = -1, maximum_depth = 1, map_inference_threshold = -1, field_appearance_threshold = 0",
  ].join(", ");
  try {
    const names = (await session.columns(`read_json(${from})`)).map(({ name }) => name);
    if (names.length > MAX_COLUMNS) {
      throw new Discard(`${file.name}: the file has ${names.length} columns; the limit is ${MAX_COLUMNS}`);
    }
    const chosen = chosenColumns(loading, names);
    const raw = chosen.map((at, key) => {
      const value = `${identifier(names[at] ?? "")}::JSON`;
      return `${hasLongDecimals ? unmarkedSql(`(${value})`) : value} AS c${key}`;
    });
    await session.runWithProgress(
      `CREATE OR REPLACE TABLE raw AS SELECT ${raw.join(", ")} FROM read_json(${from})`,
      loading.onProgress,
    );
    const shown: ShownColumn[] = [];
    const typed: string[] = [];
    for (let start = 0; start < chosen.length; start += COLUMNS_PER_QUERY) {
      const keys = chosen.slice(start, start + COLUMNS_PER_QUERY).map((_, at) => start + at);
      const facts = await factsOf(loading, keys);
      facts.forEach((found, at) => {
        const key = `c${start + at}`;
        const name = names[chosen[start + at] ?? 0] ?? "";
        const { sql, note } = typedSql(key, found);
        typed.push(`CASE WHEN ${key} IS NOT NULL AND json_type(${key}) <> 'NULL' THEN ${sql} END AS ${key}`);
        shown.push({ key, name, ...(note !== undefined && { note }) });
        if (note !== undefined) context.log.warn(`Column "${name}": ${note}`, { column: name });
      });
    }
    await session.run(`CREATE OR REPLACE TABLE data AS SELECT ${typed.join(", ")} FROM raw; DROP TABLE raw`);
    return shown;
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof Discard) throw error;
    if (layout === "newline_delimited") {
      const fault = await diagnoseJsonLines(file.path, context.signal);
      if (fault) throw new Discard(`${file.name}, line ${fault.line}: ${fault.reason}`, { cause: error });
    }
    throw refuse(loading, error);
  }
}

async function withMarkedNumbers(loading: Loading): Promise<Loading> {
  const { file, session, context } = loading;
  const copy = path.join(session.folder, "marked.json");
  await markLongNumbers(file.path, copy, context.signal);
  return { ...loading, file: { ...file, path: copy } };
}

/** The same with a copy of the file that has no byte order mark, which DuckDB refuses. */
async function withoutMark(loading: Loading): Promise<Loading> {
  const { file, session, context } = loading;
  const copy = path.join(session.folder, "without-mark.json");
  await pipeline(createReadStream(file.path, { start: 3 }), createWriteStream(copy, { mode: 0o600 }), {
    signal: context.signal,
  });
  return { ...loading, file: { ...file, path: copy } };
}

/** Kinds of the values of a column that are present, and how long its numbers are. */
const kindFacts = z.object({ kinds: z.array(z.string()), length: z.int() });
const valueFacts = z.object({
  integers: z.boolean(),
  plain: z.boolean(),
  whole: z.int(),
  fraction: z.int(),
  exponent: z.boolean(),
  day: z.boolean(),
  local: z.boolean(),
  zone: z.boolean(),
});
type Facts = z.output<typeof kindFacts> & z.output<typeof valueFacts>;
const MAX_DIGITS = 37;
const INTEGERS = new Set(["UBIGINT", "BIGINT"]);
const NOTHING = {
  integers: false,
  plain: false,
  whole: 0,
  fraction: 0,
  exponent: false,
  day: false,
  local: false,
  zone: false,
};

/** The kinds first; the values themselves only where these leave the type open, since those queries are slow to plan. */
async function factsOf({ session }: Loading, keys: readonly number[]): Promise<readonly Facts[]> {
  const kinds = await session.json(
    `SELECT to_json([${keys.map((key) => kindsSql(`c${key}`)).join(", ")}]) FROM raw`,
    z.array(kindFacts),
  );
  const all: Facts[] = [];
  for (const [at, found] of kinds.entries()) {
    const present = found.kinds.filter((kind) => kind !== "NULL");
    const [only] = present;
    const facts = { kinds: present, length: found.length };
    if (present.length > 0 && present.every((kind) => INTEGERS.has(kind))) {
      all.push({ ...facts, ...NOTHING, integers: true });
    } else if ((present.length === 1 && only === "VARCHAR") || present.includes("DOUBLE")) {
      const values = await session.json(`SELECT to_json(${factsSql(`c${keys[at]}`)}) FROM raw`, valueFacts);
      all.push({ ...facts, ...values });
    } else {
      all.push({ ...facts, ...NOTHING });
    }
  }
  return all;
}

function kindsSql(column: string): string {
  return (
    `{'kinds': coalesce(map_keys(histogram(json_type(${column}))), []), ` +
    `'length': coalesce(max(length(${column}::VARCHAR)), 0)}`
  );
}

const ISO = { order: "ymd", separator: "-" } as const;
const NUMBERS = new Set(["UBIGINT", "BIGINT", "HUGEINT", "UHUGEINT", "DOUBLE"]);

function factsSql(column: string): string {
  const kind = `json_type(${column})`;
  const present = `FILTER (WHERE ${column} IS NOT NULL AND ${kind} <> 'NULL')`;
  const every = (condition: string) => `coalesce(bool_and(${condition}) ${present}, false)`;
  const string = `coalesce(${column} ->> '$', '')`;
  const matches = (value: string, pattern: string) => `regexp_full_match(${value}, ${text(pattern)})`;
  const longest = (pattern: string) =>
    `coalesce(max(length(regexp_extract(${column}::VARCHAR, ${text(pattern)}, 1))) ${present}, 0)`;
  const isTime = (time: "none" | "local" | "zone", type: string) =>
    every(
      `${kind} = 'VARCHAR' AND ${matches(string, datePattern({ ...ISO, time }))} AND TRY_CAST(${string} AS ${type}) IS NOT NULL`,
    );
  return (
    `{'integers': ${every(matches(`${column}::VARCHAR`, "-?[0-9]+"))}, ` +
    `'plain': ${every(matches(`${column}::VARCHAR`, "-?[0-9]{1,15}([.][0-9]*)?([eE].*)?|-?[0-9][.][0-9]+[eE].*"))}, ` +
    `'whole': ${longest("^-?([0-9]+)")}, 'fraction': ${longest("[.]([0-9]+)")}, ` +
    `'exponent': NOT ${every(matches(`${column}::VARCHAR`, "[^eE]*"))}, ` +
    `'day': ${isTime("none", "DATE")}, 'local': ${isTime("local", "TIMESTAMP")}, 'zone': ${isTime("zone", "TIMESTAMPTZ")}}`
  );
}

function typedSql(column: string, facts: Facts): { readonly sql: string; readonly note?: string } {
  const { kinds, integers, plain, length, whole, fraction } = facts;
  const [only] = kinds;
  // A number that is read as a text keeps its digits.
  const string = `CASE WHEN json_type(${column}) = 'VARCHAR' THEN ${column} ->> '$' ELSE ${column}::VARCHAR END`;
  const isNumeric = kinds.length > 0 && kinds.every((kind) => NUMBERS.has(kind));
  if (isNumeric && integers && length <= 18) return { sql: `(${column}::VARCHAR)::BIGINT` };
  if (isNumeric && integers && length <= MAX_DIGITS) return { sql: `(${column}::VARCHAR)::HUGEINT` };
  if (isNumeric && !facts.exponent && whole + fraction > KEPT_DIGITS && whole + fraction <= MAX_DIGITS) {
    return { sql: `(${column}::VARCHAR)::DECIMAL(38, ${fraction})` };
  }
  if (isNumeric && plain) return { sql: `(${column}::VARCHAR)::DOUBLE` };
  if (isNumeric) return { sql: string, note: "numbers of more than 15 digits before the decimal point" };
  if (facts.day) return { sql: `(${string})::DATE` };
  if (facts.local) return { sql: `(${string})::TIMESTAMP` };
  if (facts.zone) return { sql: `(${string})::TIMESTAMPTZ` };
  if (kinds.length === 1) {
    if (only === "BOOLEAN") return { sql: `(${column}::VARCHAR) = 'true'` };
    if (only === "ARRAY") return { sql: `CAST(${column} AS JSON[])` };
    if (only === "OBJECT") return { sql: `{'json': ${column}}` };
  }
  return { sql: string };
}
