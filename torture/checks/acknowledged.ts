// Acknowledged means durable: what callers and handlers were told is stored is there, once, and nothing else is.
import type { History, StoredTask, Violation } from "../history.js";
import { know } from "./known.js";

/** A child's token begins with its parent's. */
function origin(token: string): string {
  return token.split("/", 1)[0] ?? token;
}

export function acknowledged(history: History): readonly Violation[] {
  const { tasks, submits } = know(history);
  const found: Violation[] = [];
  const byToken = new Map<string, StoredTask>();
  for (const task of history.tasks) {
    const twin = byToken.get(task.token);
    if (twin) {
      found.push({
        rule: "stored once",
        detail: `${task.id} and ${twin.id} are one request (${task.token})`,
      });
    }
    byToken.set(task.token, task);
    if (!submits.has(origin(task.token))) {
      found.push({
        rule: "only what was asked for",
        detail: `${task.id} (${task.token}) was never submitted`,
      });
    }
  }
  for (const call of submits.values()) {
    const stored = byToken.get(call.token);
    if (call.phase === "ok" && !tasks.has(call.id)) {
      found.push({ rule: "nothing acknowledged is lost", detail: `${call.id} (${call.taskType}) is gone` });
    }
    if (call.phase === "ok" && stored && stored.id !== call.id) {
      const detail = `${call.token} was acknowledged as ${call.id} and is stored as ${stored.id}`;
      found.push({ rule: "the acknowledged id stands", detail });
    }
    if (call.phase === "fail" && stored) {
      const detail = `${stored.id} is there, though its submit was refused (${call.code})`;
      found.push({ rule: "what is refused is not stored", detail });
    }
  }
  for (const run of history.runs) {
    for (const child of run.children) {
      if (tasks.has(child)) continue;
      found.push({
        rule: "nothing acknowledged is lost",
        detail: `${child}, submitted by ${run.task}, is gone`,
      });
    }
  }
  return found;
}
