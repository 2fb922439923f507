// A handler's values as JSON text, or what keeps them from being that. Nothing is silently dropped or changed.
import { byteLength, findJsonFault, type Json } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import { thrownMessage } from "../task/thrown.js";

/** `json` is absent for undefined: no value at all. `fault` is a sentence without a subject: "is 300,000 bytes …". */
export type Encoded =
  | { readonly ok: true; readonly json: Json | undefined }
  | { readonly ok: false; readonly fault: string };

const NOTHING: Encoded = { ok: true, json: undefined };

/** Never throws, whatever the value: getters and toJSON are user code. */
export function encodeJson(value: unknown, maxBytes: number = LIMITS.payloadBytes): Encoded {
  if (value === undefined) return NOTHING;
  try {
    const json: unknown = JSON.stringify(value);
    if (typeof json !== "string")
      return { ok: false, fault: `is a ${typeof value}, which JSON cannot represent` };
    const bytes = json.length * 3 <= maxBytes ? 0 : byteLength(json);
    if (bytes > maxBytes) {
      return { ok: false, fault: `is ${bytes} bytes of JSON; the limit is ${maxBytes} bytes` };
    }
    const fault = findJsonFault(value);
    if (fault) {
      return {
        ok: false,
        fault: fault.pointer === "" ? fault.message : `has "${fault.pointer}", which ${fault.message}`,
      };
    }
    return { ok: true, json };
  } catch (error) {
    // The engine's own words (a bigint, a cycle), or those of a toJSON that threw.
    return { ok: false, fault: `cannot be serialised as JSON: ${thrownMessage(error).split("\n", 1)[0]}` };
  }
}
