// All checks on one history.
import type { Check, History, Violation } from "../history.js";
import { acknowledged } from "./acknowledged.js";
import { attempts } from "./attempts.js";
import { cancels } from "./cancels.js";
import { deadlines } from "./deadlines.js";
import { edits } from "./edits.js";
import { fences } from "./fences.js";
import { finished } from "./finished.js";
import { processes } from "./processes.js";
import { said } from "./said.js";

const CHECKS: readonly Check[] = [
  acknowledged,
  finished,
  fences,
  attempts,
  cancels,
  deadlines,
  edits,
  processes,
  said,
];

/** Everything that was violated; empty where every promise was kept. */
export function verdict(history: History): readonly Violation[] {
  return CHECKS.flatMap((check) => check(history));
}
