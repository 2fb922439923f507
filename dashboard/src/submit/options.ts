// The submit options as form fields, in three groups.
import { LIMITS } from "../../../src/model/limits.js";
import { formatDuration } from "../../../src/model/time.js";
import type { WireTask, WireTaskType } from "../lib/api.js";
import type { Draft, Fault } from "./draft.js";
import type { Field, ObjectEntry } from "./plan.js";

const entry = (name: string, field: Field): ObjectEntry => ({ name, required: false, field });
export const words = (label: string, placeholder?: string, description?: string) => ({
  label,
  placeholder,
  description,
  initial: undefined,
});
export const text = (label: string, placeholder?: string, description?: string): Field => ({
  ...words(label, placeholder, description),
  kind: "text",
  width: "short",
});
export const line = (label: string, placeholder: string, description: string): Field => ({
  ...words(label, placeholder, description),
  kind: "text",
  width: "line",
});
export const integer = (
  label: string,
  placeholder: string,
  { min, max }: { readonly min: number; readonly max: number },
): Field => ({
  ...words(label, placeholder),
  kind: "number",
  integer: true,
  minimum: min,
  maximum: max,
});

export interface OptionGroup {
  readonly title: string;
  readonly names: readonly string[];
  /** The current values in a few words. */
  readonly summary: (draft: Draft) => string;
}

/** All options; empty fields show the defaults of the task type. */
export function planOptions({ defaults }: WireTaskType): Field {
  return {
    ...words("Options"),
    kind: "object",
    entries: [
      entry("queue", text("Queue", defaults.queue)),
      entry("priority", integer("Priority", "0", LIMITS.priority)),
      entry("delay", text("Delay", "none", "For example 30s, 5m or 2h")),
      entry("run_at", text("Start at", "now", `Local date and time, such as ${EXAMPLE_DATE}`)),
      entry("expires_in", text("Expires in", "never", "Cancelled if it has not started by then")),
      entry("max_attempts", integer("Maximum attempts", String(defaults.max_attempts), LIMITS.maxAttempts)),
      entry(
        "timeout",
        text("Timeout", formatDuration(defaults.timeout_ms).replaceAll(" ", ""), "Limit for each attempt"),
      ),
      entry("summary", line("Summary", "generated from the parameters", "Title shown in lists")),
      entry("tags", { ...words("Tags", "Add"), kind: "list", numbers: false, choices: [] }),
    ],
  };
}

/** The options of a task to run again that differ from the type's defaults. Start times are not copied. */
export function optionsOf(task: WireTask, { defaults }: WireTaskType): Readonly<Record<string, unknown>> {
  return {
    ...(task.queue !== defaults.queue && { queue: task.queue }),
    ...(task.priority !== 0 && { priority: task.priority }),
    ...(task.max_attempts !== defaults.max_attempts && { max_attempts: task.max_attempts }),
    ...(task.timeout_ms !== defaults.timeout_ms && {
      timeout: formatDuration(task.timeout_ms).replaceAll(" ", ""),
    }),
    ...(task.expires_at !== null && {
      expires_in: `${Date.parse(task.expires_at) - Date.parse(task.created_at)}ms`,
    }),
    ...(task.tags.length > 0 && { tags: task.tags }),
  };
}

export function optionGroups({ defaults }: WireTaskType): readonly OptionGroup[] {
  return [
    {
      title: "Queue and timing",
      names: ["queue", "priority", "delay", "run_at", "expires_in"],
      summary: (draft) => {
        const delay = textIn(draft, "delay");
        const at = textIn(draft, "run_at");
        const start = at ? `starts ${at}` : delay ? `starts in ${delay}` : "starts immediately";
        const expiry = textIn(draft, "expires_in");
        const end = expiry ? `, expires in ${expiry}` : "";
        return `${textIn(draft, "queue") ?? defaults.queue}, ${start}${end}`;
      },
    },
    {
      title: "Attempts and timeout",
      names: ["max_attempts", "timeout"],
      summary: (draft) => {
        const attempts = textIn(draft, "max_attempts") ?? String(defaults.max_attempts);
        const each = textIn(draft, "timeout") ?? formatDuration(defaults.timeout_ms);
        return `${attempts} ${attempts === "1" ? "attempt" : "attempts"}, ${each} each`;
      },
    },
    {
      title: "Summary and tags",
      names: ["summary", "tags"],
      summary: (draft) => {
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

export const EXAMPLE_DATE = "2026-12-24 18:00";

/** The fault of a start date that cannot be parsed. */
export function dateFaults(value: unknown): readonly Fault[] {
  if (value === undefined || !Number.isNaN(parseLocal(value).getTime())) return [];
  return [{ pointer: "/run_at", message: `must be a date and time, such as ${EXAMPLE_DATE}` }];
}

/** Converts a local date and time to the API's format; leaves invalid dates unchanged. */
export function toInstant(value: unknown): string {
  const at = parseLocal(value);
  return Number.isNaN(at.getTime()) ? String(value) : at.toISOString();
}

/** An instant of the API as a local date and time, to the minute, or to the second where it has seconds. */
export function toLocal(instant: string): string {
  const at = new Date(instant);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const seconds = at.getSeconds() === 0 ? "" : `:${two(at.getSeconds())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}${seconds}`;
}

function parseLocal(value: unknown): Date {
  return new Date(String(value).trim().replace(" ", "T"));
}
