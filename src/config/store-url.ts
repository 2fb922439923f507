// Interprets the store option: which kind of store it names, whether it is valid, and how to print it. Opens nothing.

/** True if the store is a PostgreSQL database; otherwise it is a SQLite file. */
export function isPostgresUrl(store: string): boolean {
  return /^postgres(ql)?:\/\//.test(store);
}

/** True if the driver can parse the URL: "#", "/" and "%" in a password must be percent-encoded. */
export function isReadableUrl(store: string): boolean {
  const url = parse(store);
  if (!url) return false;
  return [url.username, url.password, url.hostname, url.pathname].every(
    (part) => !/%(?![\da-f]{2})/i.test(part),
  );
}

/**
 * A printable name for banners, logs and errors: a path unchanged; a URL without password and parameters, which may
 * contain one too. Works for any URL.
 */
export function storeName(store: string): string {
  const [scheme] = /^\w+:\/\//.exec(store) ?? [];
  if (scheme === undefined) return store;
  const url = parse(store);
  // Unparsable, so the end of the password is unknown.
  if (!url) return `${scheme}…`;
  const user = url.username === "" ? "" : `${url.username}@`;
  const host = url.host === ABSENT ? "" : url.host;
  return `${scheme}${user}${host}${url.pathname}`;
}

/** Placeholder for the missing host of a socket URL (user without host), which URL cannot parse. */
const ABSENT = "absent.invalid";

function parse(store: string): URL | undefined {
  for (const text of [store, store.replace("@/", `@${ABSENT}/`)]) {
    if (URL.canParse(text)) return new URL(text);
  }
  return undefined;
}
