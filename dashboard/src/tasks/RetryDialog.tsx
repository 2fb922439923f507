// Confirms and performs the retry of several tasks, a few at a time, each as if its own button were pressed.
import { Dialog } from "@base-ui/react/dialog";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { replaceTask } from "../data/cache.js";
import { describeSearch, type TaskSearch } from "../data/search.js";
import { client, type WireTask } from "../lib/api.js";
import { formatNumber, plural } from "../lib/format.js";
import { ProgressBar } from "../parts/Bar.js";
import { explain, toast } from "../parts/toasts.js";
import type { TaskListView } from "./useTaskList.js";

/** Parallel requests; few enough to leave the server responsive. */
const PARALLEL = 4;

interface RetryDialogProps {
  readonly tasks: readonly WireTask[];
  readonly search: TaskSearch;
  readonly list: TaskListView;
  readonly onClose: () => void;
}

interface Progress {
  readonly of: number;
  readonly done: number;
  /** The first error, and how many there were. */
  readonly refused: { readonly count: number; readonly reason: string } | undefined;
}

export function RetryDialog({ tasks, search, list, onClose }: RetryDialogProps) {
  const queryClient = useQueryClient();
  const confirm = useRef<HTMLButtonElement>(null);
  const stop = useRef(new AbortController());
  const [progress, setProgress] = useState<Progress>();
  useEffect(() => {
    const { current } = stop;
    return () => current.abort();
  }, []);

  const retryAll = async () => {
    const left = [...tasks];
    let done = 0;
    let refused: Progress["refused"];
    const report = () => setProgress({ of: tasks.length, done, refused });
    report();
    const work = async () => {
      for (let task = left.shift(); task && !stop.current.signal.aborted; task = left.shift()) {
        try {
          const created = await client.retry(task.id);
          replaceTask(queryClient, { ...task, retried_by: created.id });
          done += 1;
        } catch (error) {
          refused = { count: (refused?.count ?? 0) + 1, reason: refused?.reason ?? explain(error) };
        }
        report();
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    if (done > 0) toast(`Retried ${plural(done, "task")}`);
    if (refused === undefined) onClose();
  };

  const ended = progress && progress.done + (progress.refused?.count ?? 0) === progress.of;
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="dialog help" initialFocus={confirm}>
          <Dialog.Title className="dialog-title">
            Retry {plural(progress?.of ?? tasks.length, "failed task")}
          </Dialog.Title>
          <Dialog.Description className="hint">
            Filter: {describeSearch(search)}
            {list.hasMore && `, ${formatNumber(list.tasks.length)} loaded of ${list.total}`}. Each is
            submitted as a new task with the same parameters; the failed tasks remain unchanged.
          </Dialog.Description>
          {progress && (
            <div className="running running-wide" data-status="RUNNING">
              <ProgressBar percent={(100 * progress.done) / progress.of} label="Retried" />
              <span className="pct">{formatNumber(progress.done)}</span>
              <span>of {formatNumber(progress.of)}</span>
            </div>
          )}
          <div role="alert">
            {progress?.refused && (
              <span className="error-text" data-status="FAILED">
                Couldn't retry {plural(progress.refused.count, "task")}: {progress.refused.reason}
              </span>
            )}
          </div>
          <div className="dialog-end">
            <Dialog.Close className="btn">{progress && !ended ? "Stop" : "Close"}</Dialog.Close>
            {!progress && (
              <button ref={confirm} type="button" className="btn btn-primary" onClick={() => void retryAll()}>
                Retry {plural(tasks.length, "task")}
              </button>
            )}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
