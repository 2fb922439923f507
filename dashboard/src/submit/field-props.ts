// The props of form fields.
import type { Draft, Fault } from "./draft.js";
import type { Field } from "./plan.js";

export interface FieldProps {
  readonly field: Field;
  readonly draft: Draft;
  readonly required: boolean;
  /** JSON Pointer into the request, as used by the server's errors. */
  readonly pointer: string;
  readonly faults: readonly Fault[];
  readonly onChange: (update: (draft: Draft) => Draft) => void;
}

/** Links a control to its label, hint and error by id. */
export interface Tied {
  readonly id: string;
  readonly describedBy: string;
  readonly invalid: boolean;
}
