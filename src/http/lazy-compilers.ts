// Compiles the schemas of a route with the first request that needs them. Fastify would compile all of them before it
// listens, those of HEAD a second time: a sixth of the time until the first answer.
import createValidators from "@fastify/ajv-compiler";
import createSerializers from "@fastify/fast-json-stringify-compiler";
import type { TSchema } from "@sinclair/typebox";
import type { FastifyInstance, FastifySchema, FastifySchemaCompiler } from "fastify";

type Check = ReturnType<FastifySchemaCompiler<FastifySchema>>;

/** Nothing is coerced, dropped or filled in: what does not fit is said. */
const STRICT = {
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: false,
  allErrors: true,
  allowUnionTypes: true,
} as const;

/**
 * Sets Fastify's own compilers, put off. `shared` are the schemas that others refer to by their id.
 * A schema that does not compile fails the first request that needs it.
 */
export function compileLazily(app: FastifyInstance, shared: readonly TSchema[]): void {
  const byId = Object.fromEntries(shared.map((schema) => [schema.$id, schema]));
  for (const schema of shared) app.addSchema(schema);
  const compileValidator = once(() => createValidators()(byId, { customOptions: STRICT }));
  app.setValidatorCompiler((part) => {
    const validate = once(() => compileValidator()(part));
    const check: Check = (data) => {
      const run = validate();
      const fits = run(data) === true;
      // Whoever calls this looks here for what is wrong.
      check.errors = run.errors;
      return fits;
    };
    return check;
  });
  const compileSerializer = once(() => createSerializers()(byId));
  app.setSerializerCompiler((part) => {
    const serialize = once(() => compileSerializer()({ ...part, httpStatus: part.httpStatus ?? "" }));
    return (data) => serialize()(data);
  });
}

function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
