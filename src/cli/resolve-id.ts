// Ids of tasks by their beginning. An id begins with the time at which it was made, so only the tasks of a short time are
// looked at.
import type { Client } from "../client/index.js";
import { CommandFailure, EXIT } from "./failure.js";

/** With fewer digits, the time would be hours or days long. */
const MIN_DIGITS = 8;
/** Digits of the time in milliseconds. */
const TIME_DIGITS = 12;
/** Between making an id and storing its task, in milliseconds. */
const SLACK = 60_000;
const SHOWN = 5;

/** The id that begins like this; what can't be a beginning is returned as it is. Throws CommandFailure unless there is one. */
export async function resolveId(client: Client, given: string): Promise<string> {
  const digits = given.toLowerCase().replaceAll("-", "");
  if (!/^[0-9a-f]+$/.test(digits) || digits.length < MIN_DIGITS || digits.length >= 32) return given;
  const start = digits.slice(0, TIME_DIGITS);
  const time = (filler: string, slack: number) =>
    new Date(Number.parseInt(start.padEnd(TIME_DIGITS, filler), 16) + slack);
  const [from, to] = [time("0", -SLACK), time("f", SLACK)];
  if (Number.isNaN(to.getTime()) || to.getUTCFullYear() > 9999) return given;
  const found: string[] = [];
  const filter = { q: written(digits), created_after: from.toISOString(), created_before: to.toISOString() };
  for await (const { id } of client.all({ ...filter, limit: 500 })) {
    if (id.replaceAll("-", "").startsWith(digits)) found.push(id);
    if (found.length > SHOWN) break;
  }
  const [only, ...others] = found;
  if (only === undefined)
    throw new CommandFailure(EXIT.notFound, `no task has an id that starts with ${given}`);
  if (others.length === 0) return only;
  const shown = found.slice(0, SHOWN).join(", ");
  throw new CommandFailure(
    EXIT.usage,
    `several tasks have an id that starts with ${given}: ${shown}${found.length > SHOWN ? ", …" : ""}`,
  );
}

/** The digits with the dashes of an id. */
function written(digits: string): string {
  const parts = [0, 8, 12, 16, 20].map((from, at, all) => digits.slice(from, all[at + 1]));
  return parts.filter((part) => part !== "").join("-");
}
