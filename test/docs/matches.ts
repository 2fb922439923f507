// Whether what came is what a page shows. Ids and times stand for any other ones, "…" for anything.

/** What differs each time, wherever in a text it stands. */
const VARYING = [
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g,
  /\d{4}-\d{2}-\d{2}T[\d:.]+Z/g,
] as const;
const ANY = "…";

/** Where `came` differs from `shown`, as a JSON Pointer and words; fields that are not shown may be there. */
export function differences(shown: unknown, came: unknown, pointer = ""): readonly string[] {
  if (shown === ANY) return [];
  if (typeof shown === "string" && typeof came === "string" && sameKind(shown, came)) return [];
  if (Array.isArray(shown)) {
    if (!Array.isArray(came)) return [`${pointer} is no array`];
    const rest = shown.at(-1) === ANY;
    const items = rest ? shown.slice(0, -1) : shown;
    if (!rest && items.length !== came.length) return [`${pointer} has ${came.length} items`];
    return items.flatMap((item, position) => differences(item, came[position], `${pointer}/${position}`));
  }
  if (isRecord(shown)) {
    if (!isRecord(came)) return [`${pointer} is no object`];
    return Object.entries(shown).flatMap(([key, value]) =>
      differences(value, came[key], `${pointer}/${key}`),
    );
  }
  return Object.is(shown, came) ? [] : [`${pointer} is ${JSON.stringify(came)}`];
}

/** Lines, each as shown; "…" stands for any characters, and alone in a line for any lines. */
export function textPattern(shown: string): RegExp {
  const lines = shown.trim().replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(
    lines
      .split("\n")
      .map((line) => (line.trim() === ANY ? "[\\s\\S]*?" : line.trimEnd().replaceAll(ANY, ".*?")))
      .join("\\s*\\n"),
  );
}

function sameKind(shown: string, came: string): boolean {
  if (shown.includes(ANY)) return new RegExp(`^${textPattern(shown).source}$`).test(came);
  return withoutVarying(shown) === withoutVarying(came);
}

function withoutVarying(text: string): string {
  return VARYING.reduce((rest, kind, position) => rest.replaceAll(kind, `<${position}>`), text);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
