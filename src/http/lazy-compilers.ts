// Compiles the schemas of a route with the first request that needs them. Fastify would compile all of them before it
// listens, those of HEAD a second time: a sixth of the time until the first answer.
import createValidators, { type Ajv } from "@fastify/ajv-compiler";
import createSerializers from "@fastify/fast-json-stringify-compiler";
import type { TSchema } from "@sinclair/typebox";
import type { FastifyInstance, FastifySchemaCompiler } from "fastify";

type Check = ReturnType<FastifySchemaCompiler<TSchema>>;

/** Nothing is coerced, dropped or filled in: what does not fit is an error. */
const STRICT = {
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: false,
  allowUnionTypes: true,
} as const;

/** Values with more fields and items than this, where the schema looks, have only their first error named. */
const MOST_VALUES = 200;

/**
 * Sets Fastify's own compilers, put off. `shared` are the schemas that others refer to by their id.
 * A schema that does not compile fails the first request that needs it.
 */
export function compileLazily(app: FastifyInstance, shared: readonly TSchema[]): void {
  const byId = Object.fromEntries(shared.map((schema) => [schema.$id, schema]));
  for (const schema of shared) app.addSchema(schema);
  const compiler = (allErrors: boolean) =>
    once(() =>
      createValidators()(byId, { customOptions: { ...STRICT, allErrors }, onCreate: refuseImpossibleDates }),
    );
  const compileFirst = compiler(false);
  const compileAll = compiler(true);
  app.setValidatorCompiler<TSchema>((part) => {
    // Valid data, and unknown fields by the thousand, cost no more than the way to the first error.
    const first = once(() => compileFirst()(part));
    const all = once(() => compileAll()(part));
    const check: Check = (data) => {
      let run = first();
      const fits = run(data) === true;
      if (!fits && countValues(data, part.schema, MOST_VALUES) < MOST_VALUES) {
        run = all();
        run(data);
      }
      // The caller reads from here what is wrong.
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

/** Fields and items that the schema looks at, down to what it says nothing of; counts no further than `most`. */
function countValues(data: unknown, schema: TSchema | undefined, most: number): number {
  if (typeof data !== "object" || data === null || (!schema?.properties && !schema?.items)) return 1;
  let count = 1;
  for (const key in data) {
    if (count >= most) break;
    const part: TSchema | undefined = Array.isArray(data) ? schema.items : schema.properties?.[key];
    count += countValues(Reflect.get(data, key), part, most - count);
  }
  return count;
}

/** RFC 3339 has seconds that no JavaScript date has, such as 23:59:60: they are no values here. */
function refuseImpossibleDates(ajv: Ajv): void {
  const { "date-time": known } = ajv.formats;
  if (typeof known !== "object" || known instanceof RegExp)
    throw new Error("the format date-time has changed");
  const isRfc3339: unknown = known.validate;
  if (typeof isRfc3339 !== "function") throw new Error("the format date-time has changed");
  ajv.addFormat("date-time", (text: string) => isRfc3339(text) === true && !Number.isNaN(Date.parse(text)));
}

function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
