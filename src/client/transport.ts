// One request over fetch: address, key, JSON, errors, and the retries of what may safely be sent again.
import type { Clock } from "../lib/clock.js";
import { pause } from "../lib/clock.js";
import { backoff, type RetryPolicy } from "../model/backoff.js";
import { ConnectionError, errorOf } from "./errors.js";
import type { CountedSender } from "./upload.js";

export interface RequestSpec {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** From the root of the server: /api/… */
  readonly path: string;
  /** Lists are joined by commas; what is undefined is left out. */
  readonly query?: object;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly form?: FormData;
  /** Hears how many bytes of the form are on their way. */
  readonly onSent?: ((bytes: number) => void) | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Sending it twice does what sending it once does. */
  readonly repeatable: boolean;
}

export interface Transport {
  readonly url: string;
  /** The body of a 2xx reply. Throws ApiError, ConnectionError, and the signal's reason. */
  json<T>(request: RequestSpec): Promise<T>;
  /** The 2xx reply itself, its body not yet read. Throws as `json` does. */
  send(request: RequestSpec): Promise<Response>;
}

export interface TransportOptions {
  readonly url: string;
  readonly key: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  /** For forms of which one wants to know how far they are. */
  readonly sendCounted: CountedSender;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Four tries within about a second and a half: long enough for a restart of the server, too short to annoy. */
const RETRY: RetryPolicy = { maxAttempts: 4, base: 200, factor: 2, max: 2000, jitter: true };
/** A server that asks for more patience than this, in seconds, gets the caller's decision instead. */
const LONGEST_RETRY_AFTER = 10;

export function createTransport(options: TransportOptions): Transport {
  const { url, basic } = takeCredentials(options.url.replace(/\/+$/, ""));
  const authorization = options.key === undefined ? basic : `Bearer ${options.key}`;
  const { clock, random } = options;

  async function attempt(request: RequestSpec): Promise<Response> {
    const headers = new Headers(request.headers);
    if (authorization !== undefined) headers.set("authorization", authorization);
    if (request.json !== undefined) headers.set("content-type", "application/json");
    const address = url + request.path + queryText(request.query);
    const { method, form, onSent, signal } = request;
    try {
      if (form && onSent)
        return await options.sendCounted(address, { method, headers, form, onSent, signal });
      const body = request.json === undefined ? form : JSON.stringify(request.json);
      return await options.fetch(address, { method, headers, body, signal });
    } catch (error) {
      if (request.signal?.aborted) throw request.signal.reason;
      throw new ConnectionError(url, error);
    }
  }

  /** The wait before the next try, or undefined where there is none. */
  function waitAfter(request: RequestSpec, tries: number, response?: Response): number | undefined {
    if (!request.repeatable || tries >= RETRY.maxAttempts) return undefined;
    if (response && response.status !== 429 && response.status !== 503) return undefined;
    const asked = Number(response?.headers.get("retry-after") ?? 0);
    if (asked > LONGEST_RETRY_AFTER) return undefined;
    return Math.max(asked > 0 ? asked * 1000 : 0, backoff(RETRY, tries, random()));
  }

  async function send(request: RequestSpec): Promise<Response> {
    for (let tries = 1; ; tries++) {
      let response: Response | undefined;
      let failure: unknown;
      try {
        response = await attempt(request);
        if (response.ok) return response;
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        failure = error;
      }
      const wait = waitAfter(request, tries, response);
      if (wait === undefined) throw response ? await errorOf(response) : failure;
      await response?.body?.cancel();
      await pause(clock, wait, request.signal);
      request.signal?.throwIfAborted();
    }
  }

  return {
    url,
    send,
    async json<T>(request: RequestSpec): Promise<T> {
      const response = await send(request);
      try {
        // The server serialises by the schema that T comes from.
        const body: T = await response.json();
        return body;
      } catch (error) {
        if (request.signal?.aborted) throw request.signal.reason;
        throw new ConnectionError(url, error);
      }
    },
  };
}

/** User and password leave the URL, which people get to see and fetch refuses: they go into a header, for a proxy in front. */
function takeCredentials(url: string): { readonly url: string; readonly basic?: string } {
  // A page's URL may be relative.
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || (parsed.username === "" && parsed.password === "")) return { url };
  const bytes = new TextEncoder().encode(
    `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`,
  );
  parsed.username = "";
  parsed.password = "";
  return { url: parsed.href.replace(/\/+$/, ""), basic: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}

function queryText(query: object = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]: [string, unknown]) => {
    const text = Array.isArray(value) ? value.join(",") : value;
    return text === undefined || text === "" ? [] : [[name, String(text)]];
  });
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}
