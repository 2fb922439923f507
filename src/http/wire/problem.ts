// Errors on the wire: RFC 9457 problem documents.
import { type Static, Type } from "@sinclair/typebox";
import { Shared } from "./common.js";

export const FieldErrorSchema = Type.Object({
  pointer: Type.String({ description: "JSON Pointer into the body, or ?name for a query parameter." }),
  code: Type.String(),
  message: Type.String(),
});

/** RFC 9457. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    errors: Type.Array(FieldErrorSchema),
    request_id: Type.String(),
  },
  { $id: "Problem", additionalProperties: true },
);

export type WireProblem = Static<typeof ProblemSchema>;

export const ProblemReply = Shared<WireProblem>("Problem");
