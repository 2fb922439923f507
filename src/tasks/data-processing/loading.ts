// What the readers of all formats share.
import { Discard, type OpenFile, type TaskContext } from "../../index.js";
import type { FileOptions } from "./parameters.js";
import type { Session } from "./session.js";

export interface Loading {
  readonly session: Session;
  readonly file: OpenFile;
  readonly options: FileOptions;
  /** The file is a sheet of a workbook, written as CSV. */
  readonly isSheet?: boolean;
  readonly context: TaskContext;
  readonly onProgress: (percent: number) => void;
}

/** Positions of the columns to analyse. Throws Discard naming the first that does not exist. */
export function chosenColumns({ options, file }: Loading, names: readonly string[]): readonly number[] {
  if (!options.columns) return names.map((_, at) => at);
  return [...new Set(options.columns)].map((name) => {
    const at = names.indexOf(name);
    if (at >= 0) return at;
    const some = names.slice(0, 20).join(", ");
    throw new Discard(
      `${file.name}: column "${name}" does not exist; the file has: ${some}${names.length > 20 ? ", …" : ""}`,
    );
  });
}

/** The failure for good, in the first line of what DuckDB says, without SQL and without paths. */
export function refuse({ file, session, context }: Loading, error: unknown): unknown {
  if (error instanceof Discard || context.signal.aborted) return error;
  const said = error instanceof Error ? error.message : String(error);
  const reason = (said.split("\n")[0] ?? said)
    .replaceAll(file.path, file.name)
    .replaceAll(session.folder, "scratch");
  const isSql = /\b(SELECT|CREATE TABLE|CAST|read_csv|read_json)\b/.test(reason);
  return new Discard(`${file.name} cannot be read${isSql ? "" : `: ${reason}`}`, { cause: error });
}
