// Retries all failed tasks in the list: asks for confirmation, then shows progress.
import { RotateCw } from "lucide-react";
import { type ComponentProps, useMemo, useState } from "react";
import type { TaskSearch } from "../data/search.js";
import { canRetry } from "../data/task-words.js";
import { formatNumber } from "../lib/format.js";
import { type KeyHandlers, useKeys } from "../lib/keys.js";
import { lazily } from "../parts/lazily.js";
import type { RetryDialog } from "./RetryDialog.js";
import type { TaskListView } from "./useTaskList.js";

export const retryDialog = lazily<ComponentProps<typeof RetryDialog>>();

export interface RetryAllProps {
  readonly search: TaskSearch;
  readonly list: TaskListView;
}

export function RetryAll({ search, list }: RetryAllProps) {
  const [asked, setAsked] = useState(false);
  const tasks = list.tasks.filter(canRetry);
  const canAsk = tasks.length > 0;
  useKeys(useMemo((): KeyHandlers => (canAsk ? { a: () => setAsked(true) } : {}), [canAsk]));
  return (
    <>
      <button
        type="button"
        className="btn retry-all"
        disabled={!canAsk}
        aria-haspopup="dialog"
        onClick={() => setAsked(true)}
      >
        <RotateCw className="i" aria-hidden />
        {canAsk
          ? `Retry ${formatNumber(tasks.length)}${list.hasMore ? ` of ${list.total}` : ""}…`
          : "Retry all"}
      </button>
      {asked && (
        <retryDialog.Component tasks={tasks} search={search} list={list} onClose={() => setAsked(false)} />
      )}
    </>
  );
}
