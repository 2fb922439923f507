// Whether this browser has signed in: scripts cannot read the session's cookie.
import { client } from "./api.js";

const KEY = "taskwright.session";

export function hasSession(): boolean {
  try {
    return localStorage.getItem(KEY) === "open";
  } catch (error) {
    console.info("Could not read whether there is a session:", error);
    return false;
  }
}

export function rememberSession(isOpen: boolean): void {
  try {
    if (isOpen) localStorage.setItem(KEY, "open");
    else localStorage.removeItem(KEY);
  } catch (error) {
    console.info("Could not store whether there is a session:", error);
  }
}

/** Ends the session; the page then asks for the key again. */
export async function signOut(): Promise<void> {
  await client.closeSession();
  rememberSession(false);
  location.reload();
}
