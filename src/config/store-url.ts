// What the text that names a store says: which kind it is, whether it can be read, and how to show it. Opens nothing.

/** Whether the store is a PostgreSQL server that many processes share; otherwise it is a SQLite file. */
export function isPostgresUrl(store: string): boolean {
  return /^postgres(ql)?:\/\//.test(store);
}

/** Whether the driver can take the URL apart: a "#", "/" or "%" in a password must be percent-encoded. */
export function isReadableUrl(store: string): boolean {
  const url = parse(store);
  if (!url) return false;
  return [url.username, url.password, url.hostname, url.pathname].every(
    (part) => !/%(?![\da-f]{2})/i.test(part),
  );
}

/**
 * The store as people may see it, in banners, logs and errors: a path as it is; a URL without password and parameters,
 * which may hold one, too. Works for any URL.
 */
export function storeName(store: string): string {
  const [scheme] = /^\w+:\/\//.exec(store) ?? [];
  if (scheme === undefined) return store;
  const url = parse(store);
  // Where the password ends can't be told.
  if (!url) return `${scheme}…`;
  const user = url.username === "" ? "" : `${url.username}@`;
  const host = url.host === ABSENT ? "" : url.host;
  return `${scheme}${user}${host}${url.pathname}`;
}

/** Stands for the host of a URL with a user and no host, which means a socket; URL knows no such form. */
const ABSENT = "absent.invalid";

function parse(store: string): URL | undefined {
  for (const text of [store, store.replace("@/", `@${ABSENT}/`)]) {
    if (URL.canParse(text)) return new URL(text);
  }
  return undefined;
}
