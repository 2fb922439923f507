// Pieces that the schemas of several resources are made of.
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { LIMITS } from "../../model/limits.js";

/** The schema, or null: a list of types, because a union would be matched anew for every value that is serialised. */
export const Nullable = <T extends TSchema>(schema: T) =>
  Type.Unsafe<Static<T> | null>({
    ...schema,
    type: [schema.type, "null"],
    ...(schema.enum && { enum: [...schema.enum, null] }),
  });

/** A schema that stands once among the shared ones, under its $id. */
export const Shared = <T>(id: string) => Type.Unsafe<T>({ $ref: `${id}#` });

export const OneOf = <const T extends readonly string[]>(values: T, options?: object) =>
  Type.Unsafe<T[number]>({ type: "string", enum: [...values], ...options });

export const Strict = { additionalProperties: false } as const;

/** RFC 3339 in UTC with milliseconds. */
export const Timestamp = Type.String({ format: "date-time", examples: ["2026-11-22T14:02:11.250Z"] });

/** A point in time, or how long ago. Read in queue/list-request.ts. */
export const When = Type.String({
  maxLength: LIMITS.timeLength,
  description: 'A date (RFC 3339), or how long ago: "30m", "1h", "7d".',
  examples: ["1h"],
});

export const Uuid = Type.String({ format: "uuid", examples: ["0199d8a4-6c32-7b1e-9f04-2ad0c85e7713"] });

/** A duration with what it is for; the description of DurationText alone where that is clear. */
export const duration = (meaning?: string) =>
  Type.Unsafe<number | string>({
    type: ["integer", "string"],
    minimum: 0,
    maxLength: LIMITS.durationLength,
    description: [meaning, 'Milliseconds, or a number with a unit: "250ms", "30s", "5m", "2h", "7d".']
      .filter((sentence) => sentence !== undefined)
      .join(" "),
    examples: ["30s"],
  });

/** Milliseconds, or a number with a unit: "30s", "5m", "2h", "7d". */
export const DurationText = duration();

/** Any JSON. */
export const AnyJson = Type.Unsafe<unknown>({});

export const JsonObject = Type.Unsafe<Record<string, unknown>>({
  type: "object",
  additionalProperties: true,
});

export const commaList = (description: string) =>
  Type.String({ description, maxLength: LIMITS.commaListLength });
