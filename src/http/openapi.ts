// The OpenAPI 3.1 document, made of the route table; the registered task types are the bodies of a submit.
import type { TSchema } from "@sinclair/typebox";
import { ERRORS, type ErrorCode } from "../model/errors.js";
import type { Registry } from "../task/registry.js";
import { submitUnion } from "./openapi-submit.js";
import { EXAMPLES } from "./reply-examples.js";
import { type OperationId, ROUTES, type Route } from "./routes.js";
import { EventSchema, ProblemSchema, TaskSchema } from "./wire.js";

type Json = Record<string, unknown>;

/** Errors that any route may answer, beside its own. */
const ANYWHERE: readonly ErrorCode[] = [
  "malformed_request",
  "forbidden_host",
  "internal",
  "unavailable",
  "overloaded",
];

const GROUPS = {
  tasks: "Submit, watch, cancel and retry tasks.",
  files: "Uploads and output files.",
  operations: "Workers, queues, statistics and health.",
  events: "Live task events.",
  session: "Sign-in for the dashboard.",
} as const satisfies Record<Route["group"], string>;

/** JSON replies that are not plain JSON, by operation. */
const MEDIA: Partial<Record<OperationId, string>> = {
  "artifacts.download": "application/octet-stream",
  "files.download": "application/octet-stream",
  "events.stream": "text/event-stream",
  "openapi.get": "application/json",
};

/** One of the two is enough. */
const EITHER: Record<string, string[]>[] = [{ apiKey: [] }, { session: [] }];

const SHARED_SCHEMAS: Record<string, object> = {
  Task: plain(TaskSchema),
  Problem: plain(ProblemSchema),
  Event: plain(EventSchema),
};

export function openapiDocument({
  registry,
  version,
  basePath = "",
}: {
  readonly registry: Registry;
  readonly version: string;
  /** The path under which another server passes requests on. */
  readonly basePath?: string;
}) {
  const paths: Record<string, object> = {};
  for (const [id, route] of Object.entries<Route>(ROUTES)) {
    if (!isOperationId(id)) continue;
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: operation(id, route, registry),
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Taskwright",
      version,
      description: "A self-hosted task queue. Errors are RFC 9457 problem documents with a `code`.",
    },
    servers: [{ url: basePath || "/" }],
    tags: Object.entries(GROUPS).map(([name, description]) => ({ name, description })),
    security: EITHER,
    paths,
    components: {
      schemas: SHARED_SCHEMAS,
      securitySchemes: {
        apiKey: {
          type: "http" as const,
          scheme: "bearer",
          description: "The value of TASKWRIGHT_API_KEY, if it is set.",
        },
        session: { type: "apiKey" as const, in: "cookie", name: "taskwright_session" },
      },
    },
  };
}

function isOperationId(id: string): id is OperationId {
  return id in ROUTES;
}

function operation(operationId: OperationId, route: Route, registry: Registry): Json {
  const parameters = [
    ...parametersOf("path", route.params),
    ...parametersOf("query", route.query),
    ...parametersOf("header", route.headers),
  ];
  const requestBody = bodyOf(operationId, route, registry);
  return {
    operationId,
    summary: route.summary,
    tags: [route.group],
    ...(route.access === "open" && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
    responses: { ...problemsOf(route), ...repliesOf(operationId, route) },
  };
}

function parametersOf(place: "path" | "query" | "header", schema: TSchema | undefined): Json[] {
  if (!schema) return [];
  const required: readonly string[] = schema.required ?? [];
  return Object.entries<TSchema>(schema.properties).map(([name, field]) => {
    const { description, ...rest } = plain(field);
    return {
      name: place === "header" ? name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()) : name,
      in: place,
      required: required.includes(name),
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
}

function bodyOf(id: OperationId, route: Route, registry: Registry): Json | undefined {
  if (id === "files.upload") {
    const file = { type: "string", contentMediaType: "application/octet-stream" };
    const schema = { type: "object", properties: { file }, required: ["file"] };
    return { required: true, content: { "multipart/form-data": { schema } } };
  }
  if (!route.body) return undefined;
  const body = plain(route.body);
  const schema = id === "tasks.submit" ? submitUnion(body, registry) : body;
  return {
    required: id !== "tasks.retry",
    content: {
      "application/json": { schema, ...(route.example !== undefined && { example: route.example }) },
    },
  };
}

function repliesOf(id: OperationId, { replies }: Route): Json {
  const example = EXAMPLES[id];
  return Object.fromEntries(
    Object.entries(replies).map(([status, { description, schema }]) => {
      const media = schema ? "application/json" : MEDIA[id];
      if (media === undefined || status === "304") return [status, { description }];
      const body = { ...(schema && { schema: plain(schema) }), ...(example !== undefined && { example }) };
      return [status, { description, content: { [media]: body } }];
    }),
  );
}

/** One response per status; its description names the codes. */
function problemsOf({ access, errors }: Route): Json {
  const codes = [...errors, ...(access === "open" ? [] : (["unauthenticated"] as const)), ...ANYWHERE];
  const statuses = [...new Set(codes.map((code) => ERRORS[code].status))];
  const sharing = (status: number) => [...new Set(codes)].filter((code) => ERRORS[code].status === status);
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: sharing(status)
          .map((code) => `${code}: ${ERRORS[code].title}.`)
          .join(" "),
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );
}

/** A schema as plain JSON, its references pointing into this document. */
function plain(schema: TSchema): Json {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key === "$id") return undefined;
    return key === "$ref" && typeof value === "string"
      ? `#/components/schemas/${value.replace(/#$/, "")}`
      : value;
  });
}
