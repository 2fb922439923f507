// The dashboard's base path: the root, or the path prefix under which it is mounted.

/** The prefix without a trailing slash: "" at the root, "/jobs" under /jobs. */
export const BASE_PATH = new URL(document.baseURI).pathname.replace(/\/+$/, "");

/** The server's URL, as used by other programs. */
export const SERVER_URL = location.origin + BASE_PATH;
