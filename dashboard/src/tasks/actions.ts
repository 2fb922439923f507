// Cancel and retry, from wherever they are pressed, and what is said about it.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { replaceTask, TASK } from "../data/cache.js";
import { titleOf } from "../data/task-words.js";
import { client, type WireTask } from "../lib/api.js";
import { toast, toastError } from "../parts/toasts.js";

export interface TaskActions {
  cancel(task: WireTask): void;
  retry(task: WireTask): void;
  /** Opens the form, filled in as this task was. */
  runAgain(task: WireTask): void;
}

/** A task, and what can be done with it. */
export interface TaskMenuProps {
  readonly task: WireTask;
  readonly actions: TaskActions;
}

export function useTaskActions(): TaskActions {
  const queryClient = useQueryClient();
  const navigate = useNavigate();

  const cancel = useCallback(
    (task: WireTask) => {
      client.cancel(task.id).then(
        (cancelled) => {
          replaceTask(queryClient, cancelled);
          toast(`${cancelled.status === "CANCELLED" ? "Cancelled" : "Stopping"} ${titleOf(task)}`);
        },
        (error: unknown) => toastError("Not cancelled.", error),
      );
    },
    [queryClient],
  );

  const retry = useCallback(
    (task: WireTask) => {
      client.retry(task.id).then(
        (created) => {
          replaceTask(queryClient, { ...task, retried_by: created.id });
          queryClient.setQueryData([TASK, created.id], created);
          toast(`Retried ${titleOf(task)}`, {
            label: "View",
            onClick: () =>
              void navigate({ to: "/tasks/$taskId", params: { taskId: created.id }, search: (old) => old }),
          });
        },
        (error: unknown) => toastError("Not retried.", error),
      );
    },
    [queryClient, navigate],
  );

  const runAgain = useCallback(
    (task: WireTask) => void navigate({ to: "/new", search: { from: task.id } }),
    [navigate],
  );

  return useMemo(() => ({ cancel, retry, runAgain }), [cancel, retry, runAgain]);
}
