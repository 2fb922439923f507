// Reads what handlers wrote about their attempts: one file per process, one JSON line per event.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Run } from "./history.js";

type Line = {
  readonly at: number;
  readonly task: string;
  readonly attempt: number;
  readonly fence: number;
} & (
  | { readonly what: "start"; readonly type: string; readonly checkpoint?: number; readonly edit?: number }
  | { readonly what: "end"; readonly how: "returned" | "threw" | "aborted" }
  | { readonly what: "child"; readonly child: string }
  | { readonly what: "checkpoint"; readonly step: number }
);

const ENDING = ".runs";

/** Where the process of that name writes. */
export function runsFile(folder: string, process: string): string {
  return path.join(folder, `${process}${ENDING}`);
}

/** All attempts of all processes. */
export function readRuns(folder: string): readonly Run[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ENDING))
    .flatMap((name) =>
      parseRuns(name.slice(0, -ENDING.length), readFileSync(path.join(folder, name), "utf8")),
    );
}

/** The attempts of one process. A line that was cut off by its end says nothing. */
export function parseRuns(process: string, text: string): readonly Run[] {
  const runs: Run[] = [];
  const open = new Map<string, number>();
  for (const written of text.split("\n").slice(0, -1)) {
    const line: Line = JSON.parse(written);
    const { task, attempt, fence, at } = line;
    const key = `${task} ${fence}`;
    if (line.what === "start") {
      open.set(key, runs.length);
      const checkpoint = line.checkpoint ?? 0;
      runs.push({
        process,
        task,
        taskType: line.type,
        attempt,
        fence,
        from: at,
        edit: line.edit ?? 0,
        checkpoint,
        stored: checkpoint,
        children: [],
      });
      continue;
    }
    const index = open.get(key);
    const run = index === undefined ? undefined : runs[index];
    if (index !== undefined && run) runs[index] = { ...run, ...seen(run, line) };
  }
  return runs;
}

function seen(run: Run, line: Exclude<Line, { what: "start" }>): Partial<Run> {
  switch (line.what) {
    case "end":
      return { end: { at: line.at, how: line.how } };
    case "child":
      return { children: [...run.children, line.child] };
    case "checkpoint":
      return { stored: line.step };
  }
}
