// Who may talk to this server: which host names, pages of which origin, and with which key. Routes don't decide that.
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Eventual } from "../lib/eventual.js";
import { TaskwrightError } from "../model/errors.js";
import { LIMITS } from "../model/limits.js";
import type { Sessions } from "../queue/sessions.js";

export interface SecurityOptions {
  readonly sessions: Sessions;
  /** Without one, no key is required. */
  readonly apiKey?: string | undefined;
  /** The path that the session's cookie is for, such as "/jobs". Default: all. */
  readonly basePath?: string | undefined;
  /** Host names served beside the loopback ones, without a port. */
  readonly allowedHosts: readonly string[];
}

export interface Security {
  /** Throws TaskwrightError forbidden_host, forbidden_origin. */
  checkOrigin(headers: IncomingHttpHeaders): void;
  /** Throws, or rejects with, TaskwrightError unauthenticated, unavailable. At once where no session is asked for. */
  checkKey(headers: IncomingHttpHeaders): Eventual<void>;
  /** A Set-Cookie value for a caller with the key; none where no key is needed. Throws unauthenticated, unavailable. */
  openSession(key: string, headers: IncomingHttpHeaders): Promise<string | undefined>;
  /** Ends the caller's session, where it has one. A Set-Cookie value that removes the cookie. Throws unavailable. */
  closeSession(headers: IncomingHttpHeaders): Promise<string>;
}

const COOKIE = "taskwright_session";
/** How long a page stays signed in, in seconds. */
const SESSION_SECONDS = 30 * 86_400;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const HOW = "Send the API key as Authorization: Bearer KEY.";
const PORT = /:\d+$/;

/** Throws RangeError for a key that is empty or can be guessed. */
export function checkApiKey(apiKey: string | undefined): void {
  if (apiKey === undefined || Buffer.byteLength(apiKey) >= LIMITS.apiKeyBytes) return;
  const found = apiKey === "" ? "it is empty" : `it has ${Buffer.byteLength(apiKey)}`;
  throw new RangeError(
    `apiKey must have at least ${LIMITS.apiKeyBytes} bytes, and ${found}; make one with: openssl rand -hex 32`,
  );
}

/** Throws RangeError for a key that is empty or can be guessed. */
export function createSecurity({ sessions, apiKey, allowedHosts, basePath }: SecurityOptions): Security {
  checkApiKey(apiKey);
  const path = encodeURI(basePath || "/").replaceAll(";", "%3B");
  const hosts = new Set([...LOOPBACK, ...allowedHosts.map((host) => host.toLowerCase())]);
  const keyDigest = apiKey === undefined ? undefined : sha256(apiKey);

  const holdsKey = (key: string) => keyDigest !== undefined && timingSafeEqual(sha256(key), keyDigest);

  async function checkSession(token: string, key: string): Promise<void> {
    if (!(await sessions.holds(token, key))) throw unauthenticated(HOW);
  }

  return {
    checkOrigin({ host = "", origin }) {
      // A page elsewhere can point its own name at this address; only the Host header tells.
      if (!hosts.has(host.replace(PORT, "").toLowerCase())) {
        throw new TaskwrightError(
          "forbidden_host",
          "This host name is not allowed; add it to TASKWRIGHT_ALLOWED_HOSTS.",
        );
      }
      if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
        throw new TaskwrightError(
          "forbidden_origin",
          "Requests from a browser must come from this server's own pages.",
        );
      }
    },

    checkKey({ authorization, cookie }) {
      if (apiKey === undefined) return;
      if (authorization?.startsWith("Bearer ") && holdsKey(authorization.slice("Bearer ".length))) return;
      const token = cookieValue(cookie);
      if (token === undefined) throw unauthenticated(HOW);
      return checkSession(token, apiKey);
    },

    async openSession(key, { origin }) {
      if (apiKey === undefined) return undefined;
      if (!holdsKey(key)) throw unauthenticated("The API key is wrong.");
      const secure = origin?.startsWith("https:") ? "; Secure" : "";
      return `${cookieOf(await sessions.open(apiKey, SESSION_SECONDS * 1000), SESSION_SECONDS, path)}${secure}`;
    },

    async closeSession({ cookie }) {
      const token = cookieValue(cookie);
      if (token !== undefined) await sessions.close(token);
      return cookieOf("", 0, path);
    },
  };
}

function unauthenticated(detail: string): TaskwrightError {
  return new TaskwrightError("unauthenticated", detail);
}

function cookieOf(value: string, maxAge: number, path: string): string {
  return `${COOKIE}=${value}; Path=${path}; Max-Age=${maxAge}; HttpOnly; SameSite=Strict`;
}

function cookieValue(header: string | undefined): string | undefined {
  const pairs = header?.split(";").map((pair) => pair.trim()) ?? [];
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
