// Turns anything that was thrown into an error that can be stored and shown. Can't throw itself: what was thrown is
// user code, with getters and proxies.
import { createHash } from "node:crypto";
import { cleanText } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import type { TaskError } from "../model/task.js";
import { textProperty, thrownMessage } from "../task/thrown.js";

const NAME_BYTES = 200;
/** Causes and reasons that are told of one error, all levels together. */
const CAUSES = 10;
/** How deep causes and reasons are followed: errors may be each other's cause. */
const DEPTH = 5;

/** Name, message (8 KB at most), stack with causes (32 KB at most) and a fingerprint that is equal for failures of one cause. */
export function describeError(thrown: unknown): TaskError {
  const name = cleanText(nameOf(thrown), NAME_BYTES);
  const message = cleanText(messageOf(thrown), LIMITS.errorMessageBytes);
  const stack = stackOf(thrown, name, message);
  return {
    name,
    message,
    ...(stack === undefined ? {} : { stack }),
    fingerprint: fingerprint(name, message, stack),
  };
}

function nameOf(thrown: unknown): string {
  const name = textProperty(thrown, "name");
  if (name !== undefined && name !== "" && typeof thrown === "object") return name;
  return "Error";
}

/** An AggregateError without words of its own, as of a connection that failed on each address, says its reasons. */
function messageOf(thrown: unknown): string {
  const reasons = textProperty(thrown, "message") === "" ? reasonsOf(thrown) : [];
  return reasons.length > 0 ? reasons.map(thrownMessage).join("; ") : thrownMessage(thrown);
}

function stackOf(thrown: unknown, name: string, message: string): string | undefined {
  const own = framesOf(thrown);
  if (own === undefined) return undefined;
  const below = { told: 0 };
  return cleanText(`${name}: ${message}${own}${originsOf(thrown, below, 0)}`, LIMITS.errorStackBytes);
}

/** What the error was made of: the reasons of an AggregateError, then its cause, each with its own. */
function originsOf(thrown: unknown, below: { told: number }, depth: number): string {
  if (depth === DEPTH) return "";
  let text = "";
  const add = (label: string, origin: unknown) => {
    if (below.told === CAUSES) return;
    below.told++;
    const what = cleanText(thrownMessage(origin), LIMITS.errorMessageBytes);
    const name = cleanText(nameOf(origin), NAME_BYTES);
    text += `\n${label}: ${name}: ${what}${framesOf(origin) ?? ""}${originsOf(origin, below, depth + 1)}`;
  };
  for (const reason of reasonsOf(thrown)) add("Reason", reason);
  const cause = causeOf(thrown);
  if (cause !== undefined && cause !== null) add("Caused by", cause);
  return text;
}

/** The errors that an AggregateError, or what looks like one, gathers. */
function reasonsOf(thrown: unknown): readonly unknown[] {
  if (!(thrown instanceof Error)) return [];
  try {
    const reasons: unknown = Reflect.get(thrown, "errors");
    return Array.isArray(reasons) ? reasons.slice(0, CAUSES) : [];
  } catch {
    // Reasons that can't be read are none.
    return [];
  }
}

/** The lines below the message: a message may be longer than everything that we keep. */
function framesOf(thrown: unknown): string | undefined {
  const stack = textProperty(thrown, "stack");
  if (stack === undefined) return undefined;
  const start = stack.indexOf("\n    at ");
  return start === -1 ? "" : stack.slice(start);
}

function causeOf(thrown: unknown): unknown {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  try {
    return Reflect.get(thrown, "cause");
  } catch {
    // A cause that can't be read is none.
    return undefined;
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const QUOTED = /"[^"\n]*"|'[^'\n]*'|`[^`\n]*`|“[^”\n]*”/g;
const HEX = /\b(?:0x[0-9a-f]+|(?=[0-9a-f]*\d)[0-9a-f]{8,})\b/gi;
const NUMBER = /\d+(?:[.,]\d+)*/g;
/** What varies from failure to failure stands at the beginning of a message, if anywhere. */
const MASKED_LENGTH = 1000;
const FRAMES = 3;

/** Hash of name, message without what varies, and the top frames of the application without line numbers. */
function fingerprint(name: string, message: string, stack: string | undefined): string {
  const masked = message
    .slice(0, MASKED_LENGTH)
    .replace(UUID, "<id>")
    .replace(QUOTED, "<text>")
    .replace(HEX, "<hex>")
    .replace(NUMBER, "<n>");
  const frames = (stack?.split("\n") ?? [])
    .filter((line) => line.startsWith("    at ") && !/node:|node_modules/.test(line))
    .slice(0, FRAMES)
    .map((line) => line.trim().replace(/(\?[^:)]*)?:\d+:\d+\)?$/, ""));
  return createHash("sha256")
    .update([name, masked, ...frames].join("\n"))
    .digest("hex")
    .slice(0, 16);
}
