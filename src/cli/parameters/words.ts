// The other way round: parameters as the words of a command line, for a POSIX shell. Pure.

/** `-p` words that submit reads as these parameters. */
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

/** As one word, whatever stands in it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
