// Retries all failed tasks in the list: asks for confirmation, then shows progress.
import { RotateCw } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";
import type { TaskSearch } from "../data/search.js";
import { canRetry } from "../data/task-words.js";
import { formatNumber } from "../lib/format.js";
import { useKeys } from "../lib/keys.js";
import type { TaskListView } from "./useTaskList.js";

const RetryDialog = lazy(() =>
  import("./RetryDialog.js").then((module) => ({ default: module.RetryDialog })),
);

export interface RetryAllProps {
  readonly search: TaskSearch;
  readonly list: TaskListView;
}

export function RetryAll({ search, list }: RetryAllProps) {
  const [asked, setAsked] = useState(false);
  const tasks = list.tasks.filter(canRetry);
  useKeys(
    useMemo(() => ({ a: () => setAsked(true) }), []),
    tasks.length > 0 && !asked,
  );
  return (
    <>
      <button
        type="button"
        className="btn retry-all"
        disabled={tasks.length === 0}
        aria-haspopup="dialog"
        onClick={() => setAsked(true)}
      >
        <RotateCw className="i" aria-hidden />
        {tasks.length > 0 ? `Retry ${formatNumber(tasks.length)}…` : "Retry all"}
      </button>
      {asked && (
        <Suspense>
          <RetryDialog tasks={tasks} search={search} list={list} onClose={() => setAsked(false)} />
        </Suspense>
      )}
    </>
  );
}
