// The fields of the form; each edits one kind of value.
import { useId } from "react";
import { escapePointer } from "../../../src/model/json.js";
import { Glyph } from "../parts/Glyph.js";
import { Segment } from "../parts/Segment.js";
import { type Draft, type Fault, faultsAt } from "./draft.js";
import { FileField } from "./FileField.js";
import type { FieldProps, Tied } from "./field-props.js";
import { ListField } from "./ListField.js";
import type { Field } from "./plan.js";

export function FieldView(props: FieldProps) {
  const { field, draft } = props;
  if (field.kind === "object" && draft.kind === "object") return <ObjectView {...props} />;
  if (field.kind === "variants" && draft.kind === "variants") return <VariantsView {...props} />;
  return <LabelledField {...props} />;
}

/** The fields of an object, stacked; short ones share a line. */
export function ObjectView({ field, draft, pointer, faults, onChange }: FieldProps) {
  if (field.kind !== "object" || draft.kind !== "object") return null;
  return (
    <div className="fields">
      {field.entries.map(({ name, required, field: inner }) => {
        const entry = draft.entries[name];
        return (
          entry && (
            <div key={name} className={isShort(inner) ? "short" : "wide"}>
              <FieldView
                field={inner}
                draft={entry}
                required={required}
                pointer={`${pointer}/${escapePointer(name)}`}
                faults={faults}
                onChange={(update) =>
                  onChange((old) => {
                    const before = old.kind === "object" ? old.entries[name] : undefined;
                    return old.kind === "object" && before
                      ? { ...old, entries: { ...old.entries, [name]: update(before) } }
                      : old;
                  })
                }
              />
            </div>
          )
        );
      })}
    </div>
  );
}

function isShort(field: Field): boolean {
  return (
    field.kind === "number" ||
    field.kind === "boolean" ||
    field.kind === "choice" ||
    (field.kind === "text" && field.width === "short")
  );
}

function VariantsView({ field, draft, required, pointer, faults, onChange }: FieldProps) {
  if (field.kind !== "variants" || draft.kind !== "variants") return null;
  const option = field.options[draft.chosen];
  const chosen = draft.options[draft.chosen];
  return (
    <div className="field">
      <div className="copy-head">
        <span className="label">{field.label}</span>
        <Segment
          label={field.label}
          value={String(draft.chosen)}
          options={field.options.map(({ label }, index) => ({ value: String(index), label }))}
          onChange={(value) => onChange((old) => choose(old, Number(value)))}
        />
      </div>
      {option && chosen && (
        <FieldView
          field={option}
          draft={chosen}
          required={required}
          pointer={pointer}
          faults={faults}
          onChange={(update) =>
            onChange((old) =>
              old.kind === "variants"
                ? {
                    ...old,
                    options: old.options.map((inner, at) => (at === old.chosen ? update(inner) : inner)),
                  }
                : old,
            )
          }
        />
      )}
    </div>
  );
}

/** Switches to another option and keeps the input of fields that both have. */
function choose(draft: Draft, chosen: number): Draft {
  if (draft.kind !== "variants") return draft;
  const before = draft.options[draft.chosen];
  const options = draft.options.map((option, at) => {
    if (at !== chosen || option.kind !== "object" || before?.kind !== "object") return option;
    const kept = Object.entries(before.entries).filter(([name]) => name in option.entries);
    return { ...option, entries: { ...option.entries, ...Object.fromEntries(kept) } };
  });
  return { ...draft, chosen, options };
}

function LabelledField(props: FieldProps) {
  const { field, required, pointer, faults } = props;
  const id = useId();
  const mine = faultsAt(faults, pointer);
  const tied: Tied = {
    id,
    describedBy: `${id}-hint ${id}-error`,
    invalid: mine.length > 0,
  };
  return (
    <div className="field" data-pointer={pointer}>
      <label htmlFor={id}>
        {field.label} {!required && <span className="req">optional</span>}
      </label>
      <Control {...props} tied={tied} />
      {field.description && (
        <span className="hint" id={`${id}-hint`}>
          {field.description}
        </span>
      )}
      <span className="field" id={`${id}-error`}>
        {mine.map((fault) => (
          <span key={fault.pointer + fault.message} className="error-text" data-status="FAILED">
            <Glyph status="FAILED" />
            {sentence(fault, pointer)}
          </span>
        ))}
      </span>
    </div>
  );
}

/** Turns "must be at least 1" into a sentence; faults inside a value name their position. */
function sentence(fault: Fault, pointer: string): string {
  const deeper = fault.pointer.slice(pointer.length + 1);
  const text = deeper
    ? `${/^\d+$/.test(deeper) ? `Item ${Number(deeper) + 1}` : deeper} ${fault.message}`
    : fault.message;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function Control({ field, draft, required, onChange, tied }: FieldProps & { readonly tied: Tied }) {
  if (draft.kind === "files")
    return <FileField field={field} draft={draft} tied={tied} onChange={onChange} />;
  if (draft.kind === "list") return <ListField field={field} draft={draft} tied={tied} onChange={onChange} />;
  if (draft.kind !== "text") return null;
  const setText = (text: string) => onChange(() => ({ kind: "text", text }));
  const common = {
    id: tied.id,
    "aria-describedby": tied.describedBy,
    "aria-invalid": tied.invalid,
    "aria-required": required,
    value: draft.text,
  };
  switch (field.kind) {
    case "boolean":
      if (field.initial === undefined && !required) {
        return (
          <select className="select" {...common} onChange={(event) => setText(event.target.value)}>
            <option value="">Default</option>
            <option value="true">Yes</option>
            <option value="false">No</option>
          </select>
        );
      }
      return (
        <span className="beside">
          <input
            className="switch"
            type="checkbox"
            role="switch"
            id={tied.id}
            aria-describedby={tied.describedBy}
            aria-checked={draft.text === "true"}
            checked={draft.text === "true"}
            onChange={(event) => setText(String(event.target.checked))}
          />
          {draft.text === "true" ? "Yes" : "No"}
        </span>
      );
    case "choice":
      return (
        <select className="select" {...common} onChange={(event) => setText(event.target.value)}>
          {(!required || draft.text === "") && <option value="">{required ? "Choose" : "Default"}</option>}
          {field.options.map((option, index) => (
            <option key={option.label} value={index}>
              {option.label}
            </option>
          ))}
        </select>
      );
    case "number":
      return (
        <input
          className="input num"
          type="text"
          inputMode={field.integer ? "numeric" : "decimal"}
          placeholder={field.placeholder ?? range(field.minimum, field.maximum)}
          {...common}
          onChange={(event) => setText(event.target.value)}
        />
      );
    case "json":
      return (
        <textarea
          className="input area mono"
          rows={10}
          spellCheck={false}
          placeholder="{ }"
          {...common}
          onChange={(event) => setText(event.target.value)}
        />
      );
    default: {
      const isLong = field.kind === "text" && field.width === "lines";
      return isLong ? (
        <textarea
          className="input area"
          rows={4}
          placeholder={field.placeholder}
          {...common}
          onChange={(event) => setText(event.target.value)}
        />
      ) : (
        <input
          className="input"
          type="text"
          placeholder={field.placeholder}
          {...common}
          onChange={(event) => setText(event.target.value)}
        />
      );
    }
  }
}

function range(minimum: number | undefined, maximum: number | undefined): string | undefined {
  if (minimum === undefined && maximum === undefined) return undefined;
  return `${minimum ?? "…"} to ${maximum ?? "…"}`;
}
