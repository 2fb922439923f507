// Text helpers shared by the built-in types.

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** Formats 4821136 as "4,821,136". */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** "1 image", "2 images". */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** The value with every string in it made storable: NUL and lone surrogates become U+FFFD. */
export function cleaned<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) =>
      // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is replaced.
      typeof part === "string" ? part.toWellFormed().replace(/\u0000/g, "\uFFFD") : part,
    ),
  );
}
