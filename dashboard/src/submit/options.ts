// The options of a submit as fields of the same kind as the parameters, in three groups.
import { formatDuration } from "../../../src/model/time.js";
import type { WireTask, WireTaskType } from "../lib/api.js";
import type { Draft } from "./draft.js";
import type { Field, ObjectEntry } from "./plan.js";

const entry = (name: string, field: Field): ObjectEntry => ({ name, required: false, field });
const words = (label: string, placeholder?: string, description?: string) => ({
  label,
  placeholder,
  description,
  initial: undefined,
});
const text = (label: string, placeholder?: string, description?: string): Field => ({
  ...words(label, placeholder, description),
  kind: "text",
  width: "short",
});
const line = (label: string, placeholder: string, description: string): Field => ({
  ...words(label, placeholder, description),
  kind: "text",
  width: "line",
});
const integer = (label: string, placeholder: string, minimum: number, maximum: number): Field => ({
  ...words(label, placeholder),
  kind: "number",
  integer: true,
  minimum,
  maximum,
});

export interface OptionGroup {
  readonly title: string;
  readonly names: readonly string[];
  /** What holds now, in a few words. */
  readonly says: (draft: Draft) => string;
}

/** All options, with the defaults of the type in their empty fields. */
export function planOptions({ defaults }: WireTaskType): Field {
  return {
    ...words("Options"),
    kind: "object",
    entries: [
      entry("queue", text("Queue", defaults.queue)),
      entry("priority", integer("Priority", "0", -100, 100)),
      entry("delay", text("Delay", "none", "Such as 30s, 5m, 2h.")),
      entry("run_at", text("Start at", "now", "A date and time, such as 2026-12-24 18:00.")),
      entry("max_attempts", integer("Attempts", String(defaults.max_attempts), 1, 100)),
      entry(
        "timeout",
        text("Timeout", formatDuration(defaults.timeout_ms).replaceAll(" ", ""), "Of each attempt."),
      ),
      entry("summary", line("Summary", "made from the parameters", "The line that names it in lists.")),
      entry("tags", { ...words("Tags", "Add"), kind: "list", numbers: false, choices: [] }),
    ],
  };
}

/** The options of a task that is run again, as far as they are not the type's own. When it runs is decided anew. */
export function optionsOf(task: WireTask, { defaults }: WireTaskType): Readonly<Record<string, unknown>> {
  return {
    ...(task.queue !== defaults.queue && { queue: task.queue }),
    ...(task.priority !== 0 && { priority: task.priority }),
    ...(task.max_attempts !== defaults.max_attempts && { max_attempts: task.max_attempts }),
    ...(task.timeout_ms !== defaults.timeout_ms && {
      timeout: formatDuration(task.timeout_ms).replaceAll(" ", ""),
    }),
    ...(task.tags.length > 0 && { tags: task.tags }),
  };
}

export function optionGroups({ defaults }: WireTaskType): readonly OptionGroup[] {
  return [
    {
      title: "Queue and timing",
      names: ["queue", "priority", "delay", "run_at"],
      says: (draft) => {
        const delay = textIn(draft, "delay");
        const at = textIn(draft, "run_at");
        const start = at ? `starts ${at}` : delay ? `starts in ${delay}` : "starts at once";
        return `${textIn(draft, "queue") ?? defaults.queue}, ${start}`;
      },
    },
    {
      title: "Attempts and timeout",
      names: ["max_attempts", "timeout"],
      says: (draft) => {
        const attempts = textIn(draft, "max_attempts") ?? String(defaults.max_attempts);
        const each = textIn(draft, "timeout") ?? formatDuration(defaults.timeout_ms);
        return `${attempts} ${attempts === "1" ? "attempt" : "attempts"}, ${each} each`;
      },
    },
    {
      title: "Summary and tags",
      names: ["summary", "tags"],
      says: (draft) => {
        const tags = draft.kind === "object" ? draft.entries.tags : undefined;
        const names = tags?.kind === "list" ? tags.items : [];
        return [textIn(draft, "summary"), ...names].filter(Boolean).join(", ") || "none";
      },
    },
  ];
}

function textIn(draft: Draft, name: string): string | undefined {
  const inner = draft.kind === "object" ? draft.entries[name] : undefined;
  return inner?.kind === "text" && inner.text !== "" ? inner.text : undefined;
}

/** A local date and time as the API writes it; what is none stays as it is, and the server says so. */
export function toInstant(value: unknown): string {
  const text = String(value);
  const at = new Date(text.replace(" ", "T"));
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
}
