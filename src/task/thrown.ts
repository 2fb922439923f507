// What a thrown thing says, whatever it is. Reading it can't throw: getters and proxies are user code too.

/** A property of anything as a text, or undefined where there is none or reading it throws. */
export function textProperty(thrown: unknown, name: string): string | undefined {
  if ((typeof thrown !== "object" || thrown === null) && typeof thrown !== "function") return undefined;
  try {
    const value: unknown = Reflect.get(thrown, name);
    return typeof value === "string" ? value : undefined;
  } catch {
    // A getter or a proxy that throws has nothing to say; the caller words that.
    return undefined;
  }
}

/** One line for people: the message of an error, or what the thing looks like. Never empty. */
export function thrownMessage(thrown: unknown): string {
  const message = textProperty(thrown, "message");
  if (message !== undefined && message !== "") return message;
  if (typeof thrown === "string" && thrown !== "") return thrown;
  if (typeof thrown === "object" && thrown !== null) return objectText(thrown);
  if (typeof thrown === "function") return "a function was thrown";
  return `${printPrimitive(thrown)} was thrown`;
}

function printPrimitive(thrown: unknown): string {
  return thrown === "" ? "an empty string" : String(thrown);
}

function objectText(thrown: object): string {
  try {
    const text = JSON.stringify(thrown);
    if (typeof text === "string" && text !== "{}") return text;
  } catch {
    // Cyclic, holding a bigint, or with a getter that throws: then its kind must do.
  }
  return textProperty(thrown, "name") ?? "an object without a message was thrown";
}
