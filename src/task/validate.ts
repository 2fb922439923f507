// Checks a value against a type's schema and words what is wrong per field. Knows zod's issues; any other validator's
// messages are passed on as they are.
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { z } from "zod";
import type { FieldError } from "../model/errors.js";
import { escapePointer } from "../model/json.js";
import { thrownMessage } from "./thrown.js";
import { fieldErrors, wordIssue } from "./zod-issues.js";

export type Checked =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly errors: readonly FieldError[];
      /** What the validator threw: it came to no verdict on the value. */
      readonly failure?: { readonly thrown: unknown };
    };

/**
 * The value as the schema makes it, or what is wrong with each field; `pointer` says where the value lies in the
 * request. Synchronous where the schema is. Never throws or rejects: a validator that throws is reported.
 */
export function check(schema: StandardSchemaV1, value: unknown, pointer: string): Checked | Promise<Checked> {
  try {
    if (schema instanceof z.core.$ZodType) return checkZod(schema, value, pointer);
    const result = schema["~standard"].validate(value);
    if (!(result instanceof Promise)) return standardResult(result, pointer);
    return result.then(
      (settled) => standardResult(settled, pointer),
      (error: unknown) => validatorFailed(error, pointer),
    );
  } catch (error) {
    return validatorFailed(error, pointer);
  }
}

/**
 * Our wording goes in as the parse's own error map, so that a message written into the schema still comes first.
 * zod sets `async` in a copy of its own; a copy that has to grow for it costs more than the parse (1 µs).
 */
const ZOD_OPTIONS = { error: wordIssue, reportInput: true, async: false } as const;

/** Schemas by whether they have asynchronous checks, as far as values have shown. */
const kinds = new WeakMap<z.core.$ZodType, "sync" | "async">();

/**
 * A synchronous parse of a schema with an asynchronous check throws, and leaves that check behind with no handler for its failure
 * of its failure, which would end the program. So what kind a schema is of is found out once, in a way that does not.
 */
function isAsync(schema: z.core.$ZodType, value: unknown): boolean {
  const known = kinds.get(schema);
  if (known !== undefined) return known === "async";
  const result = schema._zod.run({ value, issues: [] }, { async: true });
  if (result instanceof Promise) {
    result.catch(() => undefined);
    kinds.set(schema, "async");
    return true;
  }
  // With issues some checks were left out.
  if (result.issues.length === 0) kinds.set(schema, "sync");
  return false;
}

function checkZod(schema: z.core.$ZodType, value: unknown, pointer: string): Checked | Promise<Checked> {
  if (!isAsync(schema, value)) {
    try {
      return zodResult(z.safeParse(schema, value, ZOD_OPTIONS), pointer);
    } catch (error) {
      // A check that no value before has reached is asynchronous.
      if (!(error instanceof z.core.$ZodAsyncError)) throw error;
      kinds.set(schema, "async");
    }
  }
  return z.safeParseAsync(schema, value, ZOD_OPTIONS).then(
    (result) => zodResult(result, pointer),
    (error: unknown) => validatorFailed(error, pointer),
  );
}

function zodResult(result: z.ZodSafeParseResult<unknown>, pointer: string): Checked {
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, errors: fieldErrors(result.error.issues, pointer) };
}

function standardResult(result: StandardSchemaV1.Result<unknown>, pointer: string): Checked {
  if (!result.issues) return { ok: true, value: result.value };
  return {
    ok: false,
    errors: result.issues.map((issue) => ({
      pointer: pointer + (issue.path ?? []).map((step) => `/${escapePointer(stepText(step))}`).join(""),
      code: "invalid",
      message: issue.message,
    })),
  };
}

function stepText(step: PropertyKey | StandardSchemaV1.PathSegment): string {
  return String(typeof step === "object" ? step.key : step);
}

function validatorFailed(error: unknown, pointer: string): Checked {
  const message = `cannot be validated, because the schema itself failed: ${thrownMessage(error)}`;
  return { ok: false, errors: [{ pointer, code: "validator_failed", message }], failure: { thrown: error } };
}
