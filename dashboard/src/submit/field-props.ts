// What every field of the form is given. Draws nothing.
import type { Draft, Fault } from "./draft.js";
import type { Field } from "./plan.js";

export interface FieldProps {
  readonly field: Field;
  readonly draft: Draft;
  readonly required: boolean;
  /** JSON Pointer into the request: where the server's errors point to. */
  readonly pointer: string;
  readonly faults: readonly Fault[];
  readonly onChange: (update: (draft: Draft) => Draft) => void;
}

/** What a field needs to be tied to its words: ids of label, hint and error. */
export interface Tied {
  readonly id: string;
  readonly describedBy: string;
  readonly invalid: boolean;
}
