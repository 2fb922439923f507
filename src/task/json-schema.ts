// The JSON Schema of a type's parameters or result, for form, OpenAPI and flags. Validation never uses it.
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { z } from "zod";

/** Draft 2020-12, or undefined where the validator has none or can't say it in JSON Schema. */
export function jsonSchemaOf(
  schema: StandardSchemaV1,
  side: "input" | "output",
): Record<string, unknown> | undefined {
  // zod's own converter writes {} for a part that JSON Schema can't say; its Standard one throws there.
  if (schema instanceof z.core.$ZodType) {
    return { ...z.toJSONSchema(schema, { io: side, unrepresentable: "any" }) };
  }
  const standard = schema["~standard"];
  if (!hasJsonSchema(standard)) return undefined;
  try {
    return standard.jsonSchema[side]({ target: "draft-2020-12" });
  } catch {
    // How the standard says that it can't be expressed.
    return undefined;
  }
}

function hasJsonSchema(
  standard: StandardSchemaV1.Props,
): standard is StandardSchemaV1.Props & StandardJSONSchemaV1.Props {
  return "jsonSchema" in standard && typeof standard.jsonSchema === "object";
}
