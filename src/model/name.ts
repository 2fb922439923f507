// What may be the name of a queue or a tag: names that look alike are alike, and filters can list them. Pure.

/** Controls, invisible and direction-changing characters, separators other than the plain space. */
const UNPRINTABLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u115f\u1160\u3164\uffa0]|\u034f/u;

export interface NameFault {
  readonly code: "blank" | "unprintable" | "comma" | "normalization" | "slash";
  /** What would be right, starting with a verb. */
  readonly message: string;
}

/** What is wrong with a name, or undefined. Says nothing of its length. */
export function findNameFault(name: string): NameFault | undefined {
  if (name !== name.trim()) return { code: "blank", message: "must not begin or end with a space" };
  if (UNPRINTABLE.test(name)) {
    return {
      code: "unprintable",
      message: "must not contain control, invisible or direction-changing characters",
    };
  }
  if (name.includes(",")) {
    return { code: "comma", message: "must not contain a comma, which separates names in filters" };
  }
  if (name !== name.normalize("NFC")) {
    return { code: "normalization", message: "must be in Unicode normalization form C (NFC)" };
  }
  return undefined;
}

/** What is wrong with the name of a queue, or undefined: as for any name, and "/" is reserved for projects (ADR 0014). */
export function findQueueNameFault(name: string): NameFault | undefined {
  const fault = findNameFault(name);
  if (fault || !name.includes("/")) return fault;
  const message =
    'must not contain "/", which is reserved; use letters, digits, spaces and other printable characters except "/" and ","';
  return { code: "slash", message };
}
