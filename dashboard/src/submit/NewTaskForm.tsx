// The form for one task type. Input is kept when the server rejects it and when the user leaves the page and returns.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { TASKS } from "../data/cache.js";
import { quotedTitle } from "../data/task-words.js";
import { client, type WireTask, type WireTaskType } from "../lib/api.js";
import { Glyph } from "../parts/Glyph.js";
import { toast } from "../parts/toasts.js";
import { draftOf, readDraft } from "./draft.js";
import { FieldView, ObjectView } from "./fields.js";
import { dropDraft, keepDraft, keptDraft } from "./kept-drafts.js";
import { dateFaults, optionGroups, optionsOf, planOptions, toInstant } from "./options.js";
import { Preview } from "./Preview.js";
import { type Field, planForm } from "./plan.js";
import { retriedBy } from "./repeat.js";
import { objectOf } from "./schema.js";
import { isShown } from "./shown.js";
import { useRefusal } from "./useRefusal.js";

interface NewTaskFormProps {
  readonly type: WireTaskType;
  /** The task to run again. */
  readonly again?: WireTask;
  readonly picker: ReactNode;
}

export function NewTaskForm({ type, again, picker }: NewTaskFormProps) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const place = `${type.name} ${again?.id ?? ""}`;
  // Options are kept when the task type changes, except for those of a task being run again.
  const optionsPlace = again ? `options ${place}` : "options";
  const plan = useMemo(() => planForm(type.parameters_schema, again?.parameters), [type, again]);
  const optionsPlan = useMemo(() => planOptions(type), [type]);
  const [draft, setDraft] = useState(() => keptDraft(place, plan) ?? draftOf(plan, again?.parameters));
  const [options, setOptions] = useState(
    () => keptDraft(optionsPlace, optionsPlan) ?? draftOf(optionsPlan, again && optionsOf(again, type)),
  );
  const { faults, refusal, refuse, refuseError, clear } = useRefusal(form, plan, optionsPlan);
  const [busy, setBusy] = useState(false);
  const isAgain = again !== undefined;
  useEffect(() => {
    // Someone who runs a task again probably wants to change a parameter.
    if (isAgain) {
      form.current?.querySelector<HTMLElement>(".parameters :is(input, textarea, select)")?.focus();
    }
  }, [isAgain]);
  useEffect(() => {
    keepDraft(place, draft);
    keepDraft(optionsPlace, options);
  }, [place, optionsPlace, draft, options]);

  // Parameters without a form may be left out: the server knows whether the type needs any.
  const isRequired = plan.kind !== "json";
  const read = readDraft(plan, draft, "/parameters", isRequired);
  const readOptions = readDraft(optionsPlan, options, "", false);
  const { run_at, ...others } = objectOf(readOptions.value);
  const parameters = objectOf(read.value);
  // A new task would do again what this one has done already.
  const retryOf = retriedBy(again, type, parameters);
  const request = {
    ...(retryOf !== undefined && { retry_of: retryOf }),
    task_type: type.name,
    parameters,
    ...others,
    ...(run_at !== undefined && { run_at: toInstant(run_at) }),
  };

  const submit = async () => {
    const found = [...read.faults, ...readOptions.faults, ...dateFaults(run_at)];
    if (found.length > 0) return refuse(found);
    setBusy(true);
    try {
      const { task_type, parameters: given, retry_of, ...rest } = request;
      const task = await (retry_of === undefined
        ? client.submit(task_type, given, rest)
        : client.retry(retry_of, { parameters: given, ...rest }));
      dropDraft(place);
      dropDraft(optionsPlace);
      toast(`Submitted ${quotedTitle(task)}`);
      await queryClient.invalidateQueries({ queryKey: [TASKS] });
      await navigate({ to: "/tasks/$taskId", params: { taskId: task.id } });
    } catch (error) {
      setBusy(false);
      refuseError(error);
    }
  };
  const fill = (example: Readonly<Record<string, unknown>>) => {
    setDraft(draftOf(plan, example));
    clear();
  };
  const unplaced = faults.filter((fault) => !isShown(fault.pointer, plan, optionsPlan));

  return (
    <div className="split">
      <form
        ref={form}
        className="form"
        aria-label="New task"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) void submit();
        }}
      >
        {picker}
        <div className="parameters contents">
          {plan.kind === "object" ? (
            <ObjectView
              field={plan}
              draft={draft}
              required
              pointer="/parameters"
              faults={faults}
              onChange={setDraft}
            />
          ) : (
            <FieldView
              field={plan}
              draft={draft}
              required={isRequired}
              pointer="/parameters"
              faults={faults}
              onChange={setDraft}
            />
          )}
        </div>
        <div>
          {optionGroups(type).map((group) => (
            <details
              key={group.title}
              className="fold-out"
              open={
                group.names.some((name) => faults.some((fault) => fault.pointer.startsWith(`/${name}`))) ||
                undefined
              }
            >
              <summary>
                <ChevronRight className="i" aria-hidden />
                <b>{group.title}</b>
                <span className="clip">{group.summary(options)}</span>
              </summary>
              <div className="inside">
                <ObjectView
                  field={only(optionsPlan, group.names)}
                  draft={options}
                  required={false}
                  pointer=""
                  faults={faults}
                  onChange={setOptions}
                />
              </div>
            </details>
          ))}
        </div>
        <div role="alert">
          {refusal && (
            <p className="refusal" data-status="FAILED">
              <span className="glyph">
                <Glyph status="FAILED" />
              </span>
              <span>
                <b className="strong">Task not submitted.</b> {refusal}
                {unplaced.map((fault) => (
                  <span key={fault.pointer + fault.message} className="block">
                    <code>{fault.pointer}</code> {fault.message}
                  </span>
                ))}
              </span>
            </p>
          )}
        </div>
        <div className="form-end">
          <button type="submit" className="btn btn-primary" disabled={busy}>
            {retryOf === undefined ? "Submit task" : "Retry task"}
          </button>
          {retryOf !== undefined && (
            <span className="hint">Continues where the task stopped, because nothing else has changed.</span>
          )}
          <span className="hint hide-s">
            <kbd>Ctrl</kbd> <kbd>↵</kbd> to submit
          </span>
        </div>
      </form>
      <Preview request={request} examples={type.examples} onFill={fill} />
    </div>
  );
}

/** The same object with only some of its fields. */
function only(plan: Field, names: readonly string[]): Field {
  return plan.kind === "object"
    ? { ...plan, entries: plan.entries.filter((entry) => names.includes(entry.name)) }
    : plan;
}
