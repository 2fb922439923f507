// The drawer that shows one task over the list, with its own URL.
import { Dialog } from "@base-ui/react/dialog";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { taskListQuery, taskQuery } from "../data/queries.js";
import { canCancel, canRetry } from "../data/task-words.js";
import type { WireTask } from "../lib/api.js";
import { useKeys } from "../lib/keys.js";
import { Badge, lookOf } from "../parts/Badge.js";
import { CopyButton } from "../parts/CodeBox.js";
import { Notice } from "../parts/Notice.js";
import { explain } from "../parts/toasts.js";
import { useTaskActions } from "../tasks/actions.js";
import { editDialog } from "../tasks/editing.js";
import { useFreshParts } from "./queries.js";
import { TaskDetail } from "./TaskDetail.js";

const route = getRouteApi("/tasks/$taskId");

export function TaskDrawer() {
  const { taskId } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const [edited, setEdited] = useState<WireTask>();
  const actions = useTaskActions(setEdited);
  const popup = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const list = useInfiniteQuery({ ...taskListQuery(search), enabled: false });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.tasks) ?? [], [list.data]);
  const at = rows.findIndex((row) => row.id === taskId);
  const query = useQuery(taskQuery(taskId));
  // The list knows most of it, before the server responds and when it does not.
  const task = query.data ?? rows[at];
  useFreshParts(task);

  const close = () => void navigate({ to: "/tasks", search });
  const previous = rows[at - 1]?.id;
  const next = at < 0 ? undefined : rows[at + 1]?.id;
  const handlers = useMemo(() => {
    const go = (id: string | undefined) => () => {
      if (id) void navigate({ to: "/tasks/$taskId", params: { taskId: id }, search, replace: true });
    };
    return {
      j: go(next),
      k: go(previous),
      ...(task && { e: () => actions.runAgain(task) }),
      ...(task && canCancel(task) && { c: () => actions.cancel(task) }),
      ...(task && canRetry(task) && { r: () => actions.retry(task) }),
    };
  }, [navigate, search, next, previous, task, actions]);
  useKeys(handlers, popup);

  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="drawer" ref={popup} initialFocus={body} finalFocus={false}>
          <div className="drawer-bar">
            <span className="desk-only">
              <span className="id">
                {taskId}
                <CopyButton text={taskId} label="Copy task id" />
              </span>
            </span>
            <span className="phone-only">{task && <Badge {...lookOf(task)} />}</span>
            <span className="push" />
            <button
              type="button"
              className="icon-btn"
              aria-label="Previous task, K"
              disabled={!previous}
              onClick={handlers.k}
            >
              <ChevronUp className="i" aria-hidden />
            </button>
            <button
              type="button"
              className="icon-btn"
              aria-label="Next task, J"
              disabled={!next}
              onClick={handlers.j}
            >
              <ChevronDown className="i" aria-hidden />
            </button>
            <span className="rule desk-only" />
            <Dialog.Close className="icon-btn" aria-label="Close">
              <X className="i" aria-hidden />
            </Dialog.Close>
          </div>
          <div className="drawer-body" ref={body} tabIndex={-1}>
            {query.error && task && (
              <Notice
                status="FAILED"
                strong="Couldn't load the details of this task."
                action={{ label: "Try again", onClick: () => void query.refetch() }}
              >
                {explain(query.error)}
              </Notice>
            )}
            {task && <TaskDetail key={task.id} task={task} actions={actions} />}
            {query.error && !task && (
              <div className="nothing" role="alert">
                <Dialog.Title render={<b />}>Couldn't load this task</Dialog.Title>
                <span className="hint">{explain(query.error)}</span>
                <button type="button" className="btn btn-small" onClick={() => void query.refetch()}>
                  Try again
                </button>
              </div>
            )}
          </div>
          {edited && <editDialog.Component task={edited} onClose={() => setEdited(undefined)} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
