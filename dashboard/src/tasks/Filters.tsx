// The filter bar. Filters are stored in the URL; text is applied when typing pauses.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Search, X } from "lucide-react";
import { type ComponentProps, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { statsQuery, taskTypesQuery } from "../data/queries.js";
import { chipsOf, type TaskSearch } from "../data/search.js";
import { taskIdIn } from "../data/task-words.js";
import { after } from "../lib/clock.js";
import { useKeys } from "../lib/keys.js";
import { lazily } from "../parts/lazily.js";
import type { MoreFilters } from "./MoreFilters.js";

export const moreFilters = lazily<ComponentProps<typeof MoreFilters>>();

const TYPING_PAUSE_MS = 250;

interface FiltersProps {
  readonly search: TaskSearch;
  /** Actions for all matching tasks. */
  readonly children: ReactNode;
}

export function Filters({ search, children }: FiltersProps) {
  const navigate = useNavigate({ from: "/tasks" });
  const [isOpen, setIsOpen] = useState(false);
  const { data: types = [] } = useQuery(taskTypesQuery);
  // Where tasks are is known from their counts; the queues themselves need not be read.
  const { data: lanes = [] } = useQuery({ ...statsQuery, select: (stats) => stats.by_lane });
  const queues = [...new Set(lanes.map((lane) => lane.queue))].sort();
  const set = (
    change: { readonly [Name in Exclude<keyof TaskSearch, "status">]?: string | undefined },
    replace = false,
  ) => void navigate({ to: "/tasks", search: (old) => ({ ...old, ...change }), replace });

  return (
    <>
      <div className="filters">
        <TextFilter
          value={search.q ?? ""}
          // The first letter adds a history entry; the following ones replace it.
          onChange={(q) => set({ q: q || undefined }, search.q !== undefined && q !== "")}
          chips={chipsOf(search).map(({ name, words }) => ({
            name: words,
            remove: () => set({ [name]: undefined }),
          }))}
          onId={(taskId) => void navigate({ to: "/tasks/$taskId", params: { taskId }, search })}
        />
        <Choice
          label="Task type"
          all="All types"
          value={search.type}
          names={types.map((type) => type.name)}
          onChange={(type) => set({ type })}
        />
        <Choice
          label="Queue"
          all="All queues"
          value={search.queue}
          names={queues}
          onChange={(queue) => set({ queue })}
        />
        <button
          type="button"
          className="btn btn-more"
          aria-expanded={isOpen}
          aria-controls="more-filters"
          onClick={() => setIsOpen(!isOpen)}
        >
          More
        </button>
        {children}
      </div>
      {isOpen && <moreFilters.Component search={search} onChange={set} />}
    </>
  );
}

interface TextFilterProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly chips: readonly { readonly name: string; readonly remove: () => void }[];
  readonly onId: (taskId: string) => void;
}

function TextFilter({ value, onChange, chips, onId }: TextFilterProps) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [given, setGiven] = useState(value);
  if (given !== value) {
    // The URL changed, for example by the Back button.
    setGiven(value);
    setText(value);
  }
  useEffect(
    () => (text === value ? undefined : after(TYPING_PAUSE_MS, () => onChange(text))),
    [text, value, onChange],
  );
  useKeys(useMemo(() => ({ "/": () => input.current?.focus() }), []));

  return (
    <div className="query">
      <Search className="i" aria-hidden />
      {chips.map(({ name, remove }) => (
        <span key={name} className="chip">
          <span>{name}</span>
          <button type="button" aria-label={`Remove filter ${name}`} onClick={remove}>
            <X className="i" aria-hidden />
          </button>
        </span>
      ))}
      <input
        ref={input}
        type="text"
        value={text}
        maxLength={200}
        placeholder="Filter by summary, error or id"
        aria-label="Filter"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            if (text === "") event.currentTarget.blur();
            else onChange("");
          } else if (event.key === "Enter") {
            const id = taskIdIn(text);
            if (id) onId(id);
            else onChange(text);
            // Move on to the results: shortcuts now apply to the list.
            event.currentTarget.blur();
          }
        }}
        onPaste={(event) => {
          const id = taskIdIn(event.clipboardData.getData("text"));
          if (!id) return;
          event.preventDefault();
          onId(id);
        }}
      />
      <kbd className="desk-only">/</kbd>
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly all: string;
  readonly value: string | undefined;
  readonly names: readonly string[];
  readonly onChange: (value: string | undefined) => void;
}

function Choice({ label, all, value, names, onChange }: ChoiceProps) {
  const known = value === undefined || names.includes(value) ? names : [value, ...names];
  return (
    <select
      className="select"
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">{all}</option>
      {known.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
