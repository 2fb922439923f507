// Turns anything that was thrown into an error that can be stored and shown. Can't throw itself: what was thrown is
// user code, with getters and proxies.
import { createHash } from "node:crypto";
import { cleanText } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import type { TaskError } from "../model/task.js";
import { textProperty, thrownMessage } from "../task/thrown.js";

const NAME_BYTES = 200;
/** Errors may be each other's cause: three say enough. */
const CAUSES = 3;

/** Name, message (8 KB at most), stack with causes (32 KB at most) and a fingerprint that is equal for failures of one cause. */
export function describeError(thrown: unknown): TaskError {
  const name = cleanText(nameOf(thrown), NAME_BYTES);
  const message = cleanText(thrownMessage(thrown), LIMITS.errorMessageBytes);
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

function stackOf(thrown: unknown, name: string, message: string): string | undefined {
  const own = framesOf(thrown);
  if (own === undefined) return undefined;
  let text = `${name}: ${message}${own}`;
  let cause = causeOf(thrown);
  for (let depth = 0; cause !== undefined && depth < CAUSES; depth++) {
    const what = cleanText(thrownMessage(cause), LIMITS.errorMessageBytes);
    text += `\nCaused by: ${cleanText(nameOf(cause), NAME_BYTES)}: ${what}${framesOf(cause) ?? ""}`;
    cause = causeOf(cause);
  }
  return cleanText(text, LIMITS.errorStackBytes);
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
