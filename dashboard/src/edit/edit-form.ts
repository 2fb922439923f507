// The fields that change a task, filled with the task as it is, and the request that its changes make.
import { LIMITS } from "../../../src/model/limits.js";
import type { WireTask, WireTaskType } from "../lib/api.js";
import { type Draft, draftOf, type Fault, readDraft } from "../submit/draft.js";
import {
  dateFaults,
  EXAMPLE_DATE,
  integer,
  line,
  text,
  toInstant,
  toLocal,
  words,
} from "../submit/options.js";
import { type Field, type ObjectEntry, planForm } from "../submit/plan.js";
import { objectOf } from "../submit/schema.js";

const needed = (name: string, field: Field): ObjectEntry => ({ name, required: true, field });
const optional = (name: string, field: Field): ObjectEntry => ({ name, required: false, field });

/** Everything but the parameters. */
export const OPTIONS_PLAN: Field = {
  ...words("Options"),
  kind: "object",
  entries: [
    needed("queue", text("Queue")),
    needed("priority", integer("Priority", "0", LIMITS.priority)),
    needed("run_at", {
      ...words("Start"),
      kind: "variants",
      options: [
        { ...words("Now"), kind: "object", entries: [] },
        text("Date and time", EXAMPLE_DATE, `Local date and time, such as ${EXAMPLE_DATE}`),
      ],
    }),
    optional("expires_in", text("Expires in", "never", "Counts from when the task was submitted")),
    optional("summary", line("Summary", "none", "Title shown in lists; new parameters generate a new one")),
    optional("tags", { ...words("Tags", "Add"), kind: "list", numbers: false, choices: [] }),
  ],
};

/** The options of a task as the fields show them. */
export function optionsDraft(task: WireTask, now: number): Draft {
  const { queue, priority, summary, tags, run_at, expires_at, created_at } = task;
  const wait = expires_at === null ? undefined : Date.parse(expires_at) - Date.parse(created_at);
  const known = { queue, priority, summary, tags, expires_in: wait && exactDuration(wait) };
  const draft = draftOf(OPTIONS_PLAN, known);
  if (draft.kind !== "object") return draft;
  const isLater = run_at !== null && Date.parse(run_at) > now;
  const start: Draft = {
    kind: "variants",
    chosen: isLater ? 1 : 0,
    options: [
      { kind: "object", entries: {} },
      { kind: "text", text: isLater ? toLocal(run_at) : "" },
    ],
  };
  return { ...draft, entries: { ...draft.entries, run_at: start } };
}

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

/** In the largest unit that is exact: 90 minutes are "90m". */
function exactDuration(millis: number): string {
  const unit = Object.entries(UNITS).find(([, length]) => millis % length === 0);
  return unit ? `${millis / unit[1]}${unit[0]}` : `${millis}ms`;
}

/** The form of a type's parameters; a JSON field where the form would lose some that the task has. */
export function parametersPlan(
  type: Pick<WireTaskType, "parameters_schema"> | undefined,
  given: WireTask["parameters"],
): Field {
  const plan = planForm(type?.parameters_schema ?? null, given);
  const { value } = readDraft(plan, draftOf(plan, given), "", false);
  return contains(value, given) ? plan : planForm(null);
}

/** True if nothing of `part` is missing in `whole`. */
function contains(whole: unknown, part: unknown): boolean {
  if (part === undefined) return true;
  if (typeof part !== "object" || part === null || Array.isArray(part)) {
    return JSON.stringify(whole) === JSON.stringify(part);
  }
  const has = objectOf(whole);
  return Object.entries(part).every(([name, value]) => contains(has[name], value));
}

/** What an edit would send if all of it were sent, and what is wrong with it. */
export interface EditReading {
  readonly body: Readonly<Record<string, unknown>>;
  readonly faults: readonly Fault[];
}

/** Empty fields become what clears them. */
export function readEdit(options: Draft, plan: Field, parameters: Draft): EditReading {
  const read = readDraft(OPTIONS_PLAN, options, "", true);
  const given = readDraft(plan, parameters, "/parameters", plan.kind !== "json");
  const { run_at, expires_in = null, summary = null, tags = [], ...others } = objectOf(read.value);
  const start = typeof run_at === "string" ? run_at : undefined;
  return {
    body: {
      ...others,
      // Without a value, a field has a fault.
      run_at: start === undefined ? null : toInstant(start),
      ...{ expires_in, summary, tags },
      parameters: given.value ?? {},
    },
    faults: [...read.faults, ...dateFaults(start), ...given.faults],
  };
}

/** Only what differs. A field that cannot be read differs, too. */
export function changesOf(before: EditReading, after: EditReading): Readonly<Record<string, unknown>> {
  const names = new Set([...Object.keys(before.body), ...Object.keys(after.body)]);
  const isChanged = (name: string) =>
    JSON.stringify(before.body[name]) !== JSON.stringify(after.body[name]) ||
    after.faults.some(({ pointer }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));
  return Object.fromEntries([...names].filter(isChanged).map((name) => [name, after.body[name]]));
}
