// The body of a submit as OpenAPI says it: one form per registered task type, told apart by task_type.
import { jsonSchemaOf } from "../task/json-schema.js";
import type { Registry } from "../task/registry.js";

type Json = Record<string, unknown>;

/** `body` is the schema that every submit has to fit; types without a JSON Schema keep it as it is. */
export function submitUnion(body: Json, registry: Registry): Json {
  const forms = registry.all.map((type) => {
    const parameters = jsonSchemaOf(type.input, "input");
    const properties = {
      ...(isObject(body.properties) ? body.properties : {}),
      task_type: { type: "string", const: type.name },
      ...(parameters && { parameters: withoutDialect(parameters) }),
    };
    return {
      ...body,
      title: type.name,
      ...(type.description !== "" && { description: type.description }),
      properties,
    };
  });
  if (forms.length === 0) return body;
  return { type: "object", oneOf: forms, discriminator: { propertyName: "task_type" } };
}

/** The document has one dialect for all of its schemas. */
function withoutDialect({ $schema: _dialect, ...schema }: Json): Json {
  return schema;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}
