// The form in the edit dialog: options, parameters, and what the server says of them.
import { Dialog } from "@base-ui/react/dialog";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { replaceTask, TASK } from "../data/cache.js";
import { statsQuery } from "../data/queries.js";
import { ApiError, client, type WireTask, type WireTaskType } from "../lib/api.js";
import { now } from "../lib/clock.js";
import { Glyph } from "../parts/Glyph.js";
import { Notice } from "../parts/Notice.js";
import { explain, toast } from "../parts/toasts.js";
import { draftOf, type Fault } from "../submit/draft.js";
import { FieldView } from "../submit/fields.js";
import { objectOf } from "../submit/schema.js";
import { isShown } from "../submit/shown.js";
import { changesOf, OPTIONS_PLAN, optionsDraft, parametersPlan, readEdit } from "./edit-form.js";

interface EditFormProps {
  readonly task: WireTask;
  readonly type: WireTaskType | undefined;
  readonly onClose: () => void;
}

export function EditForm({ task, type, onClose }: EditFormProps) {
  const queryClient = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const close = useRef<HTMLButtonElement>(null);
  const busy = useRef(false);
  // The task as it was when the dialog was opened: later events do not change what is being typed.
  const [start] = useState(() => {
    const plan = parametersPlan(type, task.parameters);
    const options = optionsDraft(task, now());
    const parameters = draftOf(plan, task.parameters);
    return { plan, options, parameters, reading: readEdit(options, plan, parameters) };
  });
  const [options, setOptions] = useState(start.options);
  const [parameters, setParameters] = useState(start.parameters);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [refusal, setRefusal] = useState<string>();
  /** Why the task can no longer be edited. */
  const [over, setOver] = useState<string>();
  const { plan } = start;
  const reading = readEdit(options, plan, parameters);
  const changes = changesOf(start.reading, reading);
  const canSave = Object.keys(changes).length > 0 && over === undefined;

  useEffect(() => {
    // Once the errors are rendered.
    if (faults.length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [faults]);

  const refuse = (found: readonly Fault[], message?: string) => {
    setFaults(found);
    setRefusal(
      message ??
        (found.length === 1 ? "Correct the marked field." : `Correct the ${found.length} marked fields.`),
    );
  };
  const fail = (error: unknown) => {
    if (error instanceof ApiError && error.code === "task_not_editable") {
      setFaults([]);
      setRefusal(undefined);
      const isCancelled = objectOf(error.problem).status_now === "CANCELLED";
      setOver(isCancelled ? "It was cancelled meanwhile." : "It has started meanwhile.");
      void queryClient.invalidateQueries({ queryKey: [TASK, task.id] });
      close.current?.focus();
      return;
    }
    // Refetching makes the sign-in dialog appear.
    if (error instanceof ApiError && error.status === 401) {
      void queryClient.invalidateQueries({ queryKey: statsQuery.queryKey });
    }
    const found = error instanceof ApiError ? error.errors : [];
    const isPlaced = found.length > 0 && found.every(({ pointer }) => isShown(pointer, plan, OPTIONS_PLAN));
    refuse(found, isPlaced ? undefined : explain(error));
  };
  const save = async () => {
    if (busy.current || !canSave) return;
    if (reading.faults.length > 0) return refuse(reading.faults);
    busy.current = true;
    try {
      replaceTask(queryClient, await client.edit(task.id, changes));
      toast("Saved");
      onClose();
    } catch (error) {
      fail(error);
    } finally {
      busy.current = false;
    }
  };

  return (
    <form
      ref={form}
      className="edit-form"
      aria-label="Edit task"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) void save();
      }}
    >
      <div className="edit-body">
        <FieldView
          field={OPTIONS_PLAN}
          draft={options}
          required
          pointer=""
          faults={faults}
          onChange={setOptions}
        />
        <section className="edit-parameters" aria-label="Parameters">
          {plan.kind === "object" && <h3 className="label">Parameters</h3>}
          <FieldView
            field={plan}
            draft={parameters}
            required={plan.kind !== "json"}
            pointer="/parameters"
            faults={faults}
            onChange={setParameters}
          />
        </section>
      </div>
      <div role="alert">
        {over && (
          <Notice status={over.includes("cancelled") ? "CANCELLED" : "RUNNING"} strong={over}>
            Changes can no longer be saved.
          </Notice>
        )}
        {refusal && (
          <p className="edit-refusal error-text" data-status="FAILED">
            <Glyph status="FAILED" />
            <span>
              <b className="strong">Not saved.</b> {refusal}
            </span>
          </p>
        )}
      </div>
      <div className="dialog-end edit-end">
        <Dialog.Close className="btn" ref={close}>
          Close
        </Dialog.Close>
        <button type="submit" className="btn btn-primary" disabled={!canSave}>
          Save changes
        </button>
      </div>
    </form>
  );
}
