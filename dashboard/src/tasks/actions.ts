// The cancel, retry and run-again actions, with their toasts.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { replaceTask, TASK } from "../data/cache.js";
import { quotedTitle } from "../data/task-words.js";
import { client, type WireTask } from "../lib/api.js";
import { toast, toastError } from "../parts/toasts.js";

export interface TaskActions {
  cancel(task: WireTask): void;
  retry(task: WireTask): void;
  /** Opens the form filled with the parameters of this task. */
  runAgain(task: WireTask): void;
}

/** A task and its actions. */
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
          toast(`${cancelled.status === "CANCELLED" ? "Cancelled" : "Stopping"} ${quotedTitle(task)}`);
        },
        (error: unknown) => toastError("Couldn't cancel the task.", error),
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
          toast(`Retried ${quotedTitle(task)}`, {
            label: "View",
            onClick: () =>
              void navigate({ to: "/tasks/$taskId", params: { taskId: created.id }, search: (old) => old }),
          });
        },
        (error: unknown) => toastError("Couldn't retry the task.", error),
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
