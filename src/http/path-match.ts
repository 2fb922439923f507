// Which methods a path has, for the answer to a wrong one.
import { ROUTES, type Route } from "./routes.js";

const PATTERNS = Object.values<Route>(ROUTES).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replace(/\/$/, "").replaceAll(/\{\w+\}/g, "[^/]+")}/?$`),
}));

/** The methods served under the path of this URL; empty where there is nothing. */
export function allowedMethods(url: string): readonly string[] {
  const path = url.replace(/\?.*$/s, "");
  const methods = PATTERNS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))];
}
