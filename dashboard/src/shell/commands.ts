// The commands the palette offers for a text: pages, task types to submit, filters, themes, and the text as an id or search.
import { STATUSES } from "../../../src/model/status.js";
import type { TaskSearch } from "../data/search.js";
import { taskIdIn } from "../data/task-words.js";
import type { WireTaskType } from "../lib/api.js";
import { BASE_PATH } from "../lib/base.js";
import { hasSession } from "../lib/session.js";
import { THEMES, type Theme } from "../lib/theme.js";
import { STATUS_WORDS } from "../parts/Badge.js";
import { FAILED_ITEM, NEW_ITEM, QUEUES_ITEM, TASKS_ITEM, WORKERS_ITEM } from "./nav-items.js";

export type Command = { readonly value: string; readonly label: string; readonly hint?: string } & (
  | { readonly does: "go"; readonly to: "/tasks" | "/new" | "/queues" | "/workers" }
  | { readonly does: "leave"; readonly address: string }
  | { readonly does: "filter"; readonly search: TaskSearch }
  | { readonly does: "open"; readonly taskId: string }
  | { readonly does: "submit"; readonly taskType: string }
  | { readonly does: "theme"; readonly theme: Theme }
  | { readonly does: "help" }
  | { readonly does: "signOut" }
);

export interface CommandGroup {
  readonly value: string;
  readonly items: readonly Command[];
}

const PAGES: readonly Command[] = [TASKS_ITEM, FAILED_ITEM, QUEUES_ITEM, WORKERS_ITEM, NEW_ITEM].map(
  ({ name, to, search }) =>
    search
      ? { value: `go ${name}`, label: name, does: "filter", search }
      : { value: `go ${name}`, label: name, does: "go", to },
);
const DOCS: readonly Command[] = [
  { value: "guide", label: "Documentation", does: "leave", address: `${BASE_PATH}/guide/index.html` },
  { value: "docs", label: "API docs", does: "leave", address: `${BASE_PATH}/docs` },
  { value: "help", label: "Keyboard shortcuts", does: "help" },
];
const SIGN_OUT: Command = { value: "sign out", label: "Sign out", does: "signOut" };
const FILTERS: readonly Command[] = STATUSES.map((status) => ({
  value: `filter ${status}`,
  label: `Show ${STATUS_WORDS[status].toLowerCase()} tasks`,
  does: "filter",
  search: { status },
}));
const THEME_COMMANDS: readonly Command[] = THEMES.map((theme) => ({
  value: `theme ${theme}`,
  label: theme === "system" ? "Use system theme" : `Use ${theme} theme`,
  does: "theme",
  theme,
}));

/** The groups that match a text, best first; all of them for an empty text. */
export function commandsFor(text: string, types: readonly WireTaskType[]): readonly CommandGroup[] {
  const wanted = text.trim().toLowerCase();
  const submits = types.map(
    (type): Command => ({
      value: `submit ${type.name}`,
      label: `Submit ${type.name}`,
      hint: type.description,
      does: "submit",
      taskType: type.name,
    }),
  );
  return [
    { value: "Task", items: idIn(text) },
    ...[
      { value: "Go to", items: [...PAGES, ...DOCS] },
      { value: "New task", items: submits },
      { value: "Filter", items: FILTERS },
      { value: "Theme", items: THEME_COMMANDS },
      { value: "Session", items: hasSession() ? [SIGN_OUT] : [] },
    ].map((group) => ({
      ...group,
      items: group.items.filter((command) => isMatch(command, wanted)),
    })),
    { value: "Tasks", items: searchFor(text.trim()) },
  ].filter((group) => group.items.length > 0);
}

/** True if every word occurs in the label or hint. */
function isMatch({ label, hint = "" }: Command, wanted: string): boolean {
  const text = `${label} ${hint}`.toLowerCase();
  return wanted.split(/\s+/).every((word) => text.includes(word));
}

/** Finds a task id anywhere in the text. */
function idIn(text: string): readonly Command[] {
  const id = taskIdIn(text);
  return id ? [{ value: "open", label: "Open task", hint: id, does: "open", taskId: id }] : [];
}

function searchFor(text: string): readonly Command[] {
  if (text.length < 2) return [];
  return [{ value: "search", label: `Search tasks for “${text}”`, does: "filter", search: { q: text } }];
}
