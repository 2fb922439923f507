// Where the page lies on its server: at the root, or under the prefix of a program that it is mounted in.

/** The prefix without a slash at its end: "" at the root, "/jobs" under /jobs. */
export const BASE_PATH = new URL(document.baseURI).pathname.replace(/\/+$/, "");

/** What other programs call the server. */
export const SERVER_URL = location.origin + BASE_PATH;
