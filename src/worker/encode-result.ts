// A handler's values as JSON text, or what keeps them from being that. Nothing is silently dropped or changed.
import { byteLength, findJsonFault, type Json, type JsonFault } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import { thrownMessage } from "../task/thrown.js";

/** `json` is absent for undefined: no value at all. `fault` is a sentence without a subject: "is 300,000 bytes …". */
export type Encoded =
  | { readonly ok: true; readonly json: Json | undefined }
  | { readonly ok: false; readonly fault: string };

const NOTHING: Encoded = { ok: true, json: undefined };

export interface EncodeOptions {
  /** Default: as much as a result may have. */
  readonly maxBytes?: number;
  /** Instances of classes are written as far as JSON can, and functions left out, instead of being faults. */
  readonly partial?: boolean;
}

/** Never throws, whatever the value: getters and toJSON are user code. */
export function encodeJson(
  value: unknown,
  { maxBytes = LIMITS.payloadBytes, partial = false }: EncodeOptions = {},
): Encoded {
  if (value === undefined) return NOTHING;
  try {
    const json: unknown = JSON.stringify(value);
    if (typeof json !== "string")
      return { ok: false, fault: `is a ${typeof value}, which JSON cannot represent` };
    const bytes = json.length * 3 <= maxBytes ? 0 : byteLength(json);
    if (bytes > maxBytes) {
      return { ok: false, fault: `is ${bytes} bytes of JSON; the limit is ${maxBytes} bytes` };
    }
    const fault = findJsonFault(value, "", { partial });
    return fault ? { ok: false, fault: inWords(fault) } : { ok: true, json };
  } catch (error) {
    // The engine's own words (a cycle), or those of a toJSON that threw.
    const fault =
      bigIntIn(value) ?? `cannot be serialised as JSON: ${thrownMessage(error).split("\n", 1)[0]}`;
    return { ok: false, fault };
  }
}

/** Where the engine found a BigInt, which it does not say. */
function bigIntIn(value: unknown): string | undefined {
  try {
    const fault = findJsonFault(value);
    return fault?.code === "not_json" && /BigInt/.test(fault.message) ? inWords(fault) : undefined;
  } catch {
    return undefined;
  }
}

function inWords({ pointer, message }: JsonFault): string {
  return pointer === "" ? message : `has "${pointer}", which ${message}`;
}
