// One task in full: status, timeline, details, and tabs.
import { Dialog } from "@base-ui/react/dialog";
import { Link } from "@tanstack/react-router";
import { RotateCw, Square } from "lucide-react";
import { canCancel, canEdit, canRetry, sentenceOf, titleOf } from "../data/task-words.js";
import type { WireTask } from "../lib/api.js";
import { useNow } from "../lib/clock.js";
import { Badge, lookOf } from "../parts/Badge.js";
import { ProgressBar } from "../parts/Bar.js";
import { StableText } from "../parts/StableText.js";
import type { TaskActions } from "../tasks/actions.js";
import { RowMenu } from "../tasks/RowMenu.js";
import { Facts } from "./Facts.js";
import { Parts } from "./Parts.js";
import { Timeline } from "./Timeline.js";
import { Why } from "./Why.js";

interface TaskDetailProps {
  readonly task: WireTask;
  readonly actions: TaskActions;
}

export function TaskDetail({ task, actions }: TaskDetailProps) {
  const now = useNow();
  const state = lookOf(task);
  return (
    <>
      <div className="drawer-head">
        <div className="drawer-title">
          <span className="desk-only">
            <Badge {...state} large />
          </span>
          <Dialog.Title className="title-text" dir="auto">
            {titleOf(task)}
          </Dialog.Title>
          <span className="desk-only push">
            <span className="title-actions">
              <Actions task={task} actions={actions} />
              <RowMenu task={task} actions={actions} />
            </span>
          </span>
        </div>
        <p className="sentence">{sentenceOf(task, now)}</p>
        {task.status === "PENDING" && task.waiting_for !== "time" && <Why task={task} />}
        {task.status === "RUNNING" && (
          <div className="running running-wide" data-status="RUNNING">
            <ProgressBar percent={task.progress} />
            <span className="pct">
              <StableText>{`${Math.round(task.progress)} %`}</StableText>
            </span>
            <span>{task.progress_message}</span>
          </div>
        )}
      </div>
      <div className="drawer-facts">
        <Timeline task={task} now={now} />
        <Facts task={task} now={now} />
      </div>
      <Parts task={task} />
      <div className="sheet-actions phone-only">
        <Actions task={task} actions={actions} />
      </div>
    </>
  );
}

/** Only the actions that are possible now; at most one primary button. */
function Actions({ task, actions }: TaskDetailProps) {
  return (
    <>
      {canCancel(task) && (
        <button type="button" className="btn" onClick={() => actions.cancel(task)}>
          <Square className="i stop" aria-hidden />
          Cancel
        </button>
      )}
      {canEdit(task) && (
        <button type="button" className="btn" onClick={() => actions.edit(task)}>
          Edit…
        </button>
      )}
      {canRetry(task) && (
        <button type="button" className="btn btn-primary" onClick={() => actions.retry(task)}>
          <RotateCw className="i" aria-hidden />
          Retry
        </button>
      )}
      <Link className="btn" to="/new" search={{ from: task.id }}>
        Edit and run…
      </Link>
    </>
  );
}
