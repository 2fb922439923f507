// zod's issues in the words of our API: one code and one sentence per field, with the limit in it.
import type { z } from "zod";
import type { FieldError } from "../model/errors.js";
import { escapePointer } from "../model/json.js";

type Issue = z.core.$ZodIssue;

/** The message of an issue for which the schema brings none of its own. zod's own words where we have none. */
export function wordIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "is required" : `must be ${typeName(issue.expected)}`;
    case "too_small":
      return `must ${bound(issue.origin, "min", issue.minimum, issue.inclusive !== false)}`;
    case "too_big":
      return `must ${bound(issue.origin, "max", issue.maximum, issue.inclusive !== false)}`;
    case "invalid_value":
      return issue.input === undefined ? "is required" : `must be ${oneOf(issue.values)}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_format":
      return formatMessage(issue.format, issue.pattern);
    case "unrecognized_keys":
      return "is not a known field";
    case "invalid_union":
      return Array.isArray(issue.options)
        ? `must be ${oneOf(issue.options)}`
        : "matches none of the allowed forms";
    case "invalid_key":
      return "has a key that is not allowed";
    default:
      return undefined;
  }
}

/** One error per field. `pointer` is where the checked value lies. */
export function fieldErrors(issues: readonly Issue[], pointer: string): FieldError[] {
  return issues.flatMap((issue) => {
    const at = pointer + issue.path.map((step) => `/${escapePointer(String(step))}`).join("");
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        pointer: `${at}/${escapePointer(key)}`,
        code: "unknown",
        message: issue.message,
      }));
    }
    if (issue.code === "invalid_union") return unionErrors(issue, at);
    return [{ pointer: at, code: codeOf(issue), message: issue.message }];
  });
}

/** Of the forms a value may have, the one it comes closest to is what people meant. */
function unionErrors(issue: z.core.$ZodIssueInvalidUnion, at: string): FieldError[] {
  const expected = issue.errors.map((form) => {
    const only = form.length === 1 ? form[0] : undefined;
    return only?.code === "invalid_type" && only.path.length === 0 ? typeName(only.expected) : undefined;
  });
  if (issue.input === undefined && issue.errors.length > 0) {
    return [{ pointer: at, code: "required", message: "is required" }];
  }
  if (expected.length > 0 && expected.every((name) => name !== undefined)) {
    return [{ pointer: at, code: "type", message: `must be ${[...new Set(expected)].join(" or ")}` }];
  }
  const [closest] = issue.errors.toSorted((a, b) => distance(a) - distance(b));
  if (closest) return fieldErrors(closest, at);
  return [{ pointer: at, code: "option", message: issue.message }];
}

function distance(form: readonly Issue[]): number {
  let wrong = 0;
  for (const issue of form) {
    // A form of another kind altogether is farther away than one with a wrong field in it.
    if (issue.code === "invalid_type" && issue.path.length === 0) wrong += 100;
    wrong += issue.code === "unrecognized_keys" ? issue.keys.length : 1;
  }
  return wrong;
}

function codeOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "required" : "type";
    case "invalid_value":
      return issue.input === undefined ? "required" : "option";
    case "too_small":
      return "minimum";
    case "too_big":
      return "maximum";
    case "not_multiple_of":
      return "multiple";
    case "invalid_format":
      return "format";
    case "invalid_key":
      return "key";
    default:
      return "invalid";
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
  tuple: "a list",
  null: "null",
  date: "a date",
  bigint: "a bigint",
};

function typeName(expected: string): string {
  return TYPE_NAMES[expected] ?? `of type ${expected}`;
}

function bound(origin: string, end: "min" | "max", limit: number | bigint, inclusive: boolean): string {
  const least = end === "min";
  if (origin === "string") return `have at ${least ? "least" : "most"} ${plural(limit, "character")}`;
  if (origin === "array" || origin === "set") {
    return `have at ${least ? "least" : "most"} ${plural(limit, "item")}`;
  }
  if (origin === "object" || origin === "map") {
    return `have at ${least ? "least" : "most"} ${plural(limit, "key")}`;
  }
  const value = origin === "date" ? new Date(Number(limit)).toISOString() : String(limit);
  if (inclusive) return `be at ${least ? "least" : "most"} ${value}`;
  return `be ${least ? "greater" : "less"} than ${value}`;
}

function plural(count: number | bigint, noun: string): string {
  return `${count} ${noun}${Number(count) === 1 ? "" : "s"}`;
}

function oneOf(values: readonly unknown[]): string {
  const written = values.map((value) => (typeof value === "bigint" ? `${value}` : JSON.stringify(value)));
  return written.length === 1 ? `${written[0]}` : `one of ${written.join(", ")}`;
}

const FORMATS: Readonly<Record<string, string>> = {
  email: "an e-mail address",
  uuid: "a UUID",
  guid: "a UUID",
  url: "a URL",
  datetime: "a date and time such as 2026-11-22T14:02:11Z",
  date: "a date such as 2026-11-22",
  time: "a time such as 14:02:11",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
  base64: "Base64",
  json_string: "JSON",
};

function formatMessage(format: string, pattern: string | undefined): string | undefined {
  const name = FORMATS[format];
  if (name) return `must be ${name}`;
  return format === "regex" && pattern ? `must match ${pattern}` : undefined;
}
