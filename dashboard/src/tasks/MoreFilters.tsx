// The filters that are not needed all the time: a row below the bar. Loaded after the first page.
import { CHOICES, type ChoiceName, hasEndOrder, type TaskSearch } from "../data/search.js";

const LABELS = {
  since: { label: "Submitted", all: "Submitted any time" },
  ended: { label: "Ended", all: "Ended any time" },
  waiting: { label: "Waiting for", all: "Waiting for anything" },
  retried: { label: "Retried", all: "Retried or not" },
  order: { label: "Order", all: "Newest first" },
} as const satisfies Record<ChoiceName, object>;

const WORDS = {
  since: "Submitted ",
  ended: "Ended ",
  waiting: "Waiting for ",
  retried: "",
  order: "",
} as const;

interface MoreFiltersProps {
  readonly search: TaskSearch;
  readonly onChange: (change: { readonly [Name in ChoiceName]?: string | undefined }) => void;
}

export function MoreFilters({ search, onChange }: MoreFiltersProps) {
  return (
    <div className="filters filters-more" id="more-filters">
      {(["since", "ended", "waiting", "retried", "order"] as const).map((name) => (
        <select
          key={name}
          className="select"
          aria-label={LABELS[name].label}
          value={search[name] ?? ""}
          onChange={(event) => onChange({ [name]: event.target.value || undefined })}
        >
          <option value="">{LABELS[name].all}</option>
          {Object.entries(CHOICES[name]).map(([value, words]) => (
            <option key={value} value={value} disabled={value === "completed" && !hasEndOrder(search)}>
              {capital(WORDS[name] + words)}
              {value === "completed" && !hasEndOrder(search) && " (failed or cancelled only)"}
            </option>
          ))}
        </select>
      ))}
    </div>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
