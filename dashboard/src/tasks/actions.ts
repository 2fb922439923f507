// The cancel, retry, edit and run-again actions, with their toasts.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { replaceTask, TASK } from "../data/cache.js";
import { quotedTitle } from "../data/task-words.js";
import { client, type WireTask } from "../lib/api.js";
import { now } from "../lib/clock.js";
import { toast, toastError } from "../parts/toasts.js";

const CANCELLED = { status: "CANCELLED", waiting_for: null } as const;

export interface TaskActions {
  cancel(task: WireTask): void;
  retry(task: WireTask): void;
  /** Opens the dialog that changes this task. */
  edit(task: WireTask): void;
  /** Opens the form filled with the parameters of this task. */
  runAgain(task: WireTask): void;
}

/** A task and its actions. */
export interface TaskMenuProps {
  readonly task: WireTask;
  readonly actions: TaskActions;
}

/** When a task that is submitted again starts and expires: as before, where that is still ahead. */
function startOf(task: WireTask, at: number): { readonly run_at?: string; readonly expires_in?: string } {
  const left = task.expires_at === null ? 0 : Date.parse(task.expires_at) - at;
  return {
    ...(task.run_at !== null && Date.parse(task.run_at) > at && { run_at: task.run_at }),
    ...(left > 0 && { expires_in: `${left}ms` }),
  };
}

/** `edit` opens the dialog of the component that calls this. */
export function useTaskActions(edit: (task: WireTask) => void): TaskActions {
  const queryClient = useQueryClient();
  const navigate = useNavigate();

  const view = useCallback(
    (id: string) => ({
      label: "View",
      onClick: () => void navigate({ to: "/tasks/$taskId", params: { taskId: id }, search: (old) => old }),
    }),
    [navigate],
  );

  const undo = useCallback(
    (task: WireTask) => {
      client.retry(task.id, startOf(task, now())).then(
        (created) => {
          replaceTask(queryClient, { ...task, ...CANCELLED, retried_by: created.id });
          queryClient.setQueryData([TASK, created.id], created);
          toast(`Submitted ${quotedTitle(task)} again`, view(created.id));
        },
        (error: unknown) => toastError("Couldn't undo the cancellation.", error),
      );
    },
    [queryClient, view],
  );

  const cancel = useCallback(
    (task: WireTask) => {
      client.cancel(task.id).then(
        (cancelled) => {
          replaceTask(queryClient, cancelled);
          const isOver = cancelled.status === "CANCELLED";
          // What has already run would begin from its first attempt.
          const canUndo = isOver && task.attempt === 0;
          toast(
            `${isOver ? "Cancelled" : "Stopping"} ${quotedTitle(task)}`,
            canUndo ? { label: "Undo", onClick: () => undo(task) } : undefined,
          );
        },
        (error: unknown) => toastError("Couldn't cancel the task.", error),
      );
    },
    [queryClient, undo],
  );

  const retry = useCallback(
    (task: WireTask) => {
      client.retry(task.id).then(
        (created) => {
          replaceTask(queryClient, { ...task, retried_by: created.id });
          queryClient.setQueryData([TASK, created.id], created);
          toast(`Retried ${quotedTitle(task)}`, view(created.id));
        },
        (error: unknown) => toastError("Couldn't retry the task.", error),
      );
    },
    [queryClient, view],
  );

  const runAgain = useCallback(
    (task: WireTask) => void navigate({ to: "/new", search: { from: task.id } }),
    [navigate],
  );

  return useMemo(() => ({ cancel, retry, edit, runAgain }), [cancel, retry, edit, runAgain]);
}
