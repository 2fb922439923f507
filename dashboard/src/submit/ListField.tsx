// A list of short values: Enter or a comma turns the text into a chip.
import { X } from "lucide-react";
import type { Draft } from "./draft.js";
import type { Tied } from "./field-props.js";
import type { Field } from "./plan.js";

export interface ListFieldProps {
  readonly field: Field;
  readonly draft: Extract<Draft, { kind: "list" }>;
  readonly tied: Tied;
  readonly onChange: (update: (draft: Draft) => Draft) => void;
}

export function ListField({ field, draft, tied, onChange }: ListFieldProps) {
  const set = (change: (old: Extract<Draft, { kind: "list" }>) => Draft) =>
    onChange((old) => (old.kind === "list" ? change(old) : old));
  const add = (text: string) =>
    set((old) => ({
      ...old,
      items: [
        ...old.items,
        ...text
          .split(/[,\n]/)
          .map((item) => item.trim())
          .filter((item) => item !== ""),
      ],
      text: "",
    }));
  const remove = (index: number) =>
    set((old) => ({ ...old, items: old.items.filter((_, at) => at !== index) }));
  const choices = field.kind === "list" ? field.choices : [];

  return (
    <div className="chips" data-invalid={tied.invalid || undefined}>
      {draft.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same text may occur twice.
        <span key={index} className="chip">
          {item}
          <button type="button" aria-label={`Remove ${item}`} onClick={() => remove(index)}>
            <X className="i" aria-hidden />
          </button>
        </span>
      ))}
      <input
        id={tied.id}
        type="text"
        aria-describedby={tied.describedBy}
        aria-invalid={tied.invalid}
        list={choices.length > 0 ? `${tied.id}-choices` : undefined}
        placeholder={draft.items.length === 0 ? field.placeholder : "Add"}
        value={draft.text}
        onChange={(event) => {
          const text = event.target.value;
          if (/[,\n]/.test(text)) add(text);
          else set((old) => ({ ...old, text }));
        }}
        onPaste={(event) => {
          const text = event.clipboardData.getData("text");
          if (!/[,\n]/.test(text)) return;
          event.preventDefault();
          add(text);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.metaKey && !event.ctrlKey) {
            event.preventDefault();
            if (draft.text.trim() !== "") add(draft.text);
          } else if (event.key === "Backspace" && draft.text === "") remove(draft.items.length - 1);
        }}
        onBlur={() => draft.text.trim() !== "" && add(draft.text)}
      />
      {choices.length > 0 && (
        <datalist id={`${tied.id}-choices`}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </div>
  );
}
