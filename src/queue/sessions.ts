// Sessions of signed-in pages: random tokens, of which the store has only a hash. Every process on the store knows them.
// A session belongs to the API key it was opened with, and ends with it.
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../lib/clock.js";
import type { Millis } from "../model/time.js";
import type { TranslatedStore } from "./store-errors.js";

export interface Sessions {
  /** A new session under this API key; answers its token. Throws unavailable, storage_full. */
  open(apiKey: string, lasts: Millis): Promise<string>;
  /** Whether the token is of a session under this API key that has not ended. Throws unavailable. */
  holds(token: string, apiKey: string): Promise<boolean>;
  /** Ends the session, everywhere. One that does not exist is no error. Throws unavailable, storage_full. */
  close(token: string): Promise<void>;
}

const KIND = "session";
const TOKEN_BYTES = 32;
/** A token as it is made here; nothing else is looked up. */
const TOKEN = /^[\w-]{43}$/;

export function createSessions({
  store,
  clock,
}: {
  readonly store: Pick<TranslatedStore, "records" | "commitRecords">;
  readonly clock: Clock;
}): Sessions {
  return {
    async open(apiKey, lasts) {
      const token = randomBytes(TOKEN_BYTES).toString("base64url");
      const value = JSON.stringify({ proof: proofOf(token, apiKey) });
      const put = { ...nameOf(token), value, expiresAt: clock.now() + lasts, expected: "any" } as const;
      await store.commitRecords([{ puts: [put] }]);
      return token;
    },

    async holds(token, apiKey) {
      if (!TOKEN.test(token)) return false;
      const [record] = await store.records([nameOf(token)]);
      if (!record) return false;
      const { proof }: { readonly proof: string } = JSON.parse(record.value);
      return timingSafeEqual(Buffer.from(proof), Buffer.from(proofOf(token, apiKey)));
    },

    async close(token) {
      if (!TOKEN.test(token)) return;
      await store.commitRecords([{ removes: [{ ...nameOf(token), expected: "any" }] }]);
    },
  };
}

function nameOf(token: string): { readonly kind: string; readonly key: string } {
  return { kind: KIND, key: createHash("sha256").update(token).digest("base64url") };
}

/** Ties a session to the API key. Keyed by the token, which the store does not have: a key cannot be guessed from it. */
function proofOf(token: string, apiKey: string): string {
  return createHmac("sha256", token).update(apiKey).digest("base64url");
}
