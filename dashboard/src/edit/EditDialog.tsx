// The dialog that changes a task that has not started. Sends only what was changed; input is kept when it is rejected.
import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { taskQuery, taskTypesQuery } from "../data/queries.js";
import { titleOf } from "../data/task-words.js";
import type { WireTask } from "../lib/api.js";
import { toastError } from "../parts/toasts.js";
import { EditForm } from "./EditForm.js";

interface EditDialogProps {
  readonly task: WireTask;
  readonly onClose: () => void;
}

export function EditDialog({ task, onClose }: EditDialogProps) {
  // Read again, because rows of a list have no parameters.
  const query = useQuery({ ...taskQuery(task.id), staleTime: 0 });
  const types = useQuery(taskTypesQuery);
  const error = query.error ?? types.error;
  useEffect(() => {
    if (!error) return;
    toastError("Couldn't load the task.", error);
    onClose();
  }, [error, onClose]);
  // Opened once the fields can be filled, so that the first one gets the focus.
  if (!query.isFetchedAfterMount || !query.data || !types.data) return null;
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()} disablePointerDismissal>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim edit-scrim" forceRender />
        <Dialog.Popup className="dialog edit">
          <div className="edit-head">
            <Dialog.Title className="dialog-title">Edit task</Dialog.Title>
            <Dialog.Description className="hint clip" dir="auto">
              {titleOf(task)}
            </Dialog.Description>
          </div>
          <EditForm
            task={query.data}
            type={types.data.find(({ name }) => name === task.task_type)}
            onClose={onClose}
          />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
