// The inverse of parsing: formats parameters as command-line arguments for a POSIX shell. Pure.

/** `-p` arguments that `submit` parses back to these parameters. */
export function parameterWords(parameters: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    const values: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : [value];
    if (!values.every(isPlain)) return ["-p", quote(`${name}:=${JSON.stringify(value)}`)];
    return values.flatMap((item) => ["-p", quote(`${name}=${item}`)]);
  });
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** Quotes a word for the shell if necessary. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
