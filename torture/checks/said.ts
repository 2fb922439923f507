// What a handler said and was stored with its task: log lines, artifacts, the last progress.
import type { History, Violation } from "../history.js";

export function said({ tasks }: History): readonly Violation[] {
  return tasks.flatMap(({ id, said: parts, done }): readonly Violation[] => {
    // Only the attempt whose result stands is known to have said all.
    if (!parts || done?.status !== "SUCCESS") return [];
    const { fence } = done;
    const found: Violation[] = [];
    // A report that was stored and whose answer was lost is stored again: lines may stand twice, never be missing.
    const lines = [...new Set(parts.lines.filter((line) => line.startsWith(`${fence}:`)))];
    const wanted = Array.from({ length: parts.lineCount }, (_, index) => `${fence}:${index}`);
    if (lines.join() !== wanted.join()) {
      const detail = `${id} logged ${wanted.length} lines under fence ${fence}, and ${lines.length} are stored in order`;
      found.push({ rule: "what a handler logs is stored", detail });
    }
    for (const name of parts.artifactNames) {
      if (parts.artifacts.includes(name)) continue;
      found.push({
        rule: "a stored artifact is listed",
        detail: `${id} stored ${name}, which is not listed`,
      });
    }
    if (parts.progressMessage !== `${fence}:${parts.lineCount - 1}`) {
      const detail = `${id} last reported ${fence}:${parts.lineCount - 1}, and "${parts.progressMessage}" is stored`;
      found.push({ rule: "the last progress stands", detail });
    }
    return found;
  });
}
