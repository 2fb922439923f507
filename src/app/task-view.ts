// Tasks as a program sees them: what the store keeps as JSON text is parsed. Not the words of the wire (http/task-view.ts).
import type { JsonValue } from "../model/json.js";
import type { LogLine, StoredLogLine, Task as StoredTask } from "../model/task.js";

/** A task at one moment. Times are milliseconds since the epoch, lengths are milliseconds. It never changes by itself: `get` it again. */
export interface Task extends Omit<StoredTask, "parameters" | "resultData"> {
  /** Absent in lists unless asked for with `include`. */
  readonly parameters?: JsonValue;
  /** What the handler returned. Absent before that, and in lists unless asked for with `include`. */
  readonly resultData?: JsonValue;
}

/** One line that a handler logged. */
export interface TaskLogLine extends Omit<StoredLogLine, "fields"> {
  readonly fields?: JsonValue;
}

type Parsed<Stored> = Omit<Stored, "parameters" | "resultData"> & Pick<Task, "parameters" | "resultData">;

/** Works on a whole task and on the part of one that an event knows. */
export function parsed<Stored extends Partial<StoredTask>>(task: Stored): Parsed<Stored> {
  const { parameters, resultData, ...rest } = task;
  return {
    ...rest,
    ...(parameters !== undefined && { parameters: JSON.parse(parameters) }),
    ...(resultData !== undefined && { resultData: JSON.parse(resultData) }),
  };
}

export function parsedLine({ fields, ...line }: LogLine & StoredLogLine): TaskLogLine {
  return fields === undefined ? line : { ...line, fields: JSON.parse(fields) };
}
