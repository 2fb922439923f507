// The form in the edit dialog: options, parameters, and what the server says of them.
import { Dialog } from "@base-ui/react/dialog";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { replaceTask, TASK } from "../data/cache.js";
import { ApiError, client, type WireTask, type WireTaskType } from "../lib/api.js";
import { now } from "../lib/clock.js";
import { Glyph } from "../parts/Glyph.js";
import { Notice } from "../parts/Notice.js";
import { toast } from "../parts/toasts.js";
import { draftOf } from "../submit/draft.js";
import { FieldView } from "../submit/fields.js";
import { objectOf } from "../submit/schema.js";
import { useRefusal } from "../submit/useRefusal.js";
import { changesOf, OPTIONS_PLAN, optionsDraft, parametersPlan, readEdit } from "./edit-form.js";

interface EditFormProps {
  readonly task: WireTask;
  readonly type: WireTaskType | undefined;
  readonly onClose: () => void;
}

const OVER = {
  started: { status: "RUNNING", strong: "It has started meanwhile." },
  cancelled: { status: "CANCELLED", strong: "It was cancelled meanwhile." },
} as const;

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
  /** What became of the task, where it can no longer be edited. */
  const [over, setOver] = useState<"started" | "cancelled">();
  const { plan } = start;
  const { faults, refusal, refuse, refuseError, clear } = useRefusal(form, plan, OPTIONS_PLAN);
  const reading = readEdit(options, plan, parameters);
  const changes = changesOf(start.reading, reading);
  const canSave = Object.keys(changes).length > 0 && over === undefined;

  const fail = (error: unknown) => {
    if (!(error instanceof ApiError) || error.code !== "task_not_editable") return refuseError(error);
    clear();
    setOver(objectOf(error.problem).status_now === "CANCELLED" ? "cancelled" : "started");
    void queryClient.invalidateQueries({ queryKey: [TASK, task.id] });
    close.current?.focus();
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
        {over && <Notice {...OVER[over]}>Changes can no longer be saved.</Notice>}
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
