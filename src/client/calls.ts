// Calls of the API by operationId. What a call takes and answers follows from the server's route tables, of which only
// methods and paths exist at run time. Not the functions that callers use (client.ts), and no retries (transport.ts).
import type { Static, TSchema } from "@sinclair/typebox";
import { type OperationId, PATHS } from "../http/paths.js";
import type { ROUTES } from "../http/routes.js";
import type { Transport } from "./transport.js";

type Table = typeof ROUTES;
type Part<Id extends OperationId, Name extends string> =
  Table[Id] extends Readonly<Record<Name, infer Schema extends TSchema>> ? Static<Schema> : never;

/** The JSON of a route's successful replies. */
export type Reply<Id extends OperationId> = {
  [Code in keyof Table[Id]["replies"]]: `${Code & number}` extends `2${string}`
    ? Table[Id]["replies"][Code] extends { readonly schema: infer Schema extends TSchema }
      ? Static<Schema>
      : never
    : never;
}[keyof Table[Id]["replies"]];

/** A route's body as callers write it: lists may be read-only. */
export type Body<Id extends OperationId> = ReadOnly<Part<Id, "body">>;

/** A route's query as callers write it: texts also as a list, which is joined by commas. */
export type Query<Id extends OperationId> = {
  readonly [Name in keyof Part<Id, "query">]: string extends Part<Id, "query">[Name]
    ? Part<Id, "query">[Name] | readonly string[]
    : Part<Id, "query">[Name];
};

type ReadOnly<T> = T extends readonly (infer Item)[]
  ? readonly ReadOnly<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: ReadOnly<T[Name]> }
    : T;

/** What must be given where a route has it, and must not where it has not. */
type Given<Id extends OperationId, Name extends string, Value> = [Part<Id, Name>] extends [never]
  ? Partial<Record<Name, undefined>>
  : Readonly<Record<Name, Value>>;

/** What one call sends. */
export type CallRequest<Id extends OperationId> = Given<Id, "params", Part<Id, "params">> &
  Given<Id, "body", Body<Id>> & {
    readonly query?: [Part<Id, "query">] extends [never] ? undefined : Query<Id>;
    readonly headers?: Readonly<Record<string, string>>;
    readonly form?: FormData;
    /** Receives how many bytes of the form have been sent. */
    readonly onSent?: ((bytes: number) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
    /** Sending it twice does what sending it once does. Default: of a GET. */
    readonly repeatable?: boolean;
  };

export interface Calls {
  /** The JSON of the reply. Throws ApiError, ConnectionError, and the signal's reason. */
  json<Id extends OperationId>(id: Id, request: CallRequest<Id>): Promise<Reply<Id>>;
  /** The reply itself, its body not yet read. Throws as `json` does. */
  send<Id extends OperationId>(id: Id, request: CallRequest<Id>): Promise<Response>;
}

export function createCalls(transport: Transport): Calls {
  function specOf<Id extends OperationId>(id: Id, { params, body, ...request }: CallRequest<Id>) {
    const { method, path } = PATHS[id];
    return {
      repeatable: method === "GET",
      ...request,
      method,
      path: fillIn(path, params),
      json: body,
    };
  }

  return {
    json: (id, request) => transport.json<Reply<typeof id>>(specOf(id, request)),
    send: (id, request) => transport.send(specOf(id, request)),
  };
}

/** /api/tasks/{task_id} with its parameters. */
function fillIn(path: string, params: unknown): string {
  const values = new Map<string, unknown>(Object.entries(params ?? {}));
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
}
