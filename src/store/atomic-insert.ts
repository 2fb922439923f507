// All or nothing for an insert: thrown inside its transaction, a refusal undoes what the other tasks stored. No SQL.
import type { InsertAnswer } from "./store.js";

class RefusedInsert extends Error {
  override readonly name = "RefusedInsert";
  readonly answers: readonly InsertAnswer[];
  constructor(answers: readonly InsertAnswer[]) {
    super("a task of an atomic insert was rejected");
    this.answers = answers;
  }
}

/** Throws where one task was refused; call it before the transaction commits. */
export function requireAll(answers: readonly InsertAnswer[]): void {
  if (answers.some(isRefusal)) throw new RefusedInsert(answers);
}

/** The answers of a set that `requireAll` refused. Throws every other error as it is. */
export function answersOfRefused(error: unknown): readonly InsertAnswer[] {
  if (!(error instanceof RefusedInsert)) throw error;
  return error.answers.map((answer) =>
    answer.outcome === "created" ? { outcome: "withheld", id: answer.id } : answer,
  );
}

function isRefusal({ outcome }: InsertAnswer): boolean {
  return outcome !== "created" && outcome !== "replayed";
}
