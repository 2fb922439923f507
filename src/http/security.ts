// Who may talk to this server: which host names, pages of which origin, and with which key. Routes don't decide that.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "../lib/clock.js";
import { TaskwrightError } from "../model/errors.js";
import { LIMITS } from "../model/limits.js";

export interface SecurityOptions {
  readonly clock: Clock;
  /** Without one, nobody is asked. */
  readonly apiKey?: string | undefined;
  /** The path that the session's cookie is for, such as "/jobs". Default: all. */
  readonly basePath?: string | undefined;
  /** Host names served beside the loopback ones, without a port. */
  readonly allowedHosts: readonly string[];
}

export interface Security {
  /** Throws TaskwrightError forbidden_host, forbidden_origin. */
  checkOrigin(headers: IncomingHttpHeaders): void;
  /** Throws TaskwrightError unauthenticated. */
  checkKey(headers: IncomingHttpHeaders): void;
  /** A Set-Cookie value for whoever knows the key. Throws TaskwrightError unauthenticated. */
  openSession(key: string, headers: IncomingHttpHeaders): string;
  /** A Set-Cookie value that removes the cookie. */
  closeSession(): string;
}

const COOKIE = "taskwright_session";
/** How long a page stays signed in, in seconds. */
const SESSION_SECONDS = 30 * 86_400;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
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
export function createSecurity({ clock, apiKey, allowedHosts, basePath }: SecurityOptions): Security {
  checkApiKey(apiKey);
  const path = encodeURI(basePath || "/").replaceAll(";", "%3B");
  const hosts = new Set([...LOOPBACK, ...allowedHosts.map((host) => host.toLowerCase())]);
  const keyDigest = apiKey === undefined ? undefined : sha256(apiKey);

  const holdsKey = (key: string) => keyDigest !== undefined && timingSafeEqual(sha256(key), keyDigest);
  const sign = (expires: string) =>
    createHmac("sha256", apiKey ?? "")
      .update(`session:${expires}`)
      .digest("base64url");
  const holdsSession = (token: string) => {
    const [expires = "", signature = ""] = token.split(".");
    return Number(expires) > clock.now() && timingSafeEqual(sha256(signature), sha256(sign(expires)));
  };

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
      if (keyDigest === undefined) return;
      if (authorization?.startsWith("Bearer ") && holdsKey(authorization.slice("Bearer ".length))) return;
      const token = cookieValue(cookie);
      if (token !== undefined && holdsSession(token)) return;
      throw unauthenticated("Send the API key as Authorization: Bearer KEY.");
    },

    openSession(key, { origin }) {
      if (keyDigest !== undefined && !holdsKey(key)) throw unauthenticated("The API key is wrong.");
      const expires = String(clock.now() + SESSION_SECONDS * 1000);
      const secure = origin?.startsWith("https:") ? "; Secure" : "";
      return `${cookieOf(`${expires}.${sign(expires)}`, SESSION_SECONDS, path)}${secure}`;
    },

    closeSession: () => cookieOf("", 0, path),
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
