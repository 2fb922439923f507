// Which of the server's errors the form shows at a field.
import { escapePointer } from "../../../src/model/json.js";
import type { Field } from "./plan.js";

/** True if a field of the form shows errors for this pointer. */
export function isShown(pointer: string, plan: Field, options: Field): boolean {
  const within = (field: Field, base: string): boolean => {
    if (field.kind === "variants") return field.options.some((option) => within(option, base));
    if (field.kind !== "object") return pointer.startsWith(base);
    return field.entries.some((entry) => {
      const at = `${base}/${escapePointer(entry.name)}`;
      return pointer === at || pointer.startsWith(`${at}/`);
    });
  };
  return within(plan, "/parameters") || within(options, "");
}
