// One task in the list; on phones the same cells form a card.
import { Link } from "@tanstack/react-router";
import { Play, RotateCw, Square } from "lucide-react";
import { type MouseEvent, memo } from "react";
import { isFinished } from "../../../src/model/status.js";
import { canCancel, canRetry, latestOf, ranFor, titleOf } from "../data/task-words.js";
import type { WireTask } from "../lib/api.js";
import { useNow } from "../lib/clock.js";
import { formatAbsolute, formatAge, formatTook } from "../lib/format.js";
import { Badge, lookOf, stateOf } from "../parts/Badge.js";
import { ProgressBar } from "../parts/Bar.js";
import { Lane } from "../parts/Lane.js";
import { CELL, ROW } from "../parts/roles.js";
import { StableText } from "../parts/StableText.js";
import type { TaskActions } from "./actions.js";
import { RowMenu } from "./RowMenu.js";

export interface TaskRowProps {
  readonly task: WireTask;
  readonly index: number;
  readonly measure: (element: HTMLTableRowElement | null) => void;
  /** True for the row that Tab reaches. */
  readonly isCurrent: boolean;
  /** True while its detail is open over the list. */
  readonly isOpen: boolean;
  readonly onFocus: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly actions: TaskActions;
}

export const TaskRow = memo(function TaskRow(props: TaskRowProps) {
  const { task, index, measure, isCurrent, isOpen, onFocus, onOpen, actions } = props;
  const state = lookOf(task);
  const openUnlessPressed = (event: MouseEvent<HTMLElement>) => {
    const pressed = event.target instanceof Element && event.target.closest("a, button, [role=menu]");
    if (!pressed && window.getSelection()?.isCollapsed !== false) onOpen(task.id);
  };
  return (
    <tr
      {...ROW}
      {...stateOf(state)}
      ref={measure}
      data-index={index}
      data-id={task.id}
      aria-rowindex={index + 2}
      aria-current={isOpen || undefined}
      tabIndex={isCurrent ? 0 : -1}
      onFocus={() => onFocus(task.id)}
      onClick={openUnlessPressed}
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.target === event.currentTarget) onOpen(task.id);
      }}
    >
      <td {...CELL} className="c-status">
        <Badge {...state} />
      </td>
      <td {...CELL} className="c-type clip" title={task.task_type}>
        {task.task_type}
      </td>
      <td {...CELL} className="c-summary">
        <div>
          <Link
            className="title clip"
            dir="auto"
            to="/tasks/$taskId"
            params={{ taskId: task.id }}
            search={(old) => old}
            tabIndex={-1}
            preload={false}
          >
            {titleOf(task)}
          </Link>
          {task.tags.length > 0 && (
            <span className="tags">
              {task.tags.slice(0, 1).map((tag) => (
                <Link key={tag} className="tag" to="/tasks" search={(old) => ({ ...old, tag })} tabIndex={-1}>
                  {tag}
                </Link>
              ))}
              {task.tags.length > 1 && (
                <span className="tag" title={task.tags.join(", ")}>
                  +{task.tags.length - 1}
                </span>
              )}
            </span>
          )}
        </div>
      </td>
      <Times task={task} />
      <td {...CELL} className="c-act">
        <div>
          {canCancel(task) && (
            <button
              type="button"
              className="icon-btn verb"
              aria-label={`Cancel ${titleOf(task)}`}
              title="Cancel"
              onClick={() => actions.cancel(task)}
            >
              <Square className="i stop" aria-hidden />
            </button>
          )}
          {canRetry(task) && (
            <button
              type="button"
              className="icon-btn verb"
              aria-label={`Retry ${titleOf(task)}`}
              title="Retry"
              onClick={() => actions.retry(task)}
            >
              <RotateCw className="i" aria-hidden />
            </button>
          )}
          {isFinished(task.status) && !canRetry(task) && (
            <button
              type="button"
              className="icon-btn verb again"
              aria-label={`Edit and run ${titleOf(task)}`}
              title="Edit and run…"
              onClick={() => actions.runAgain(task)}
            >
              <Play className="i" aria-hidden />
            </button>
          )}
          <RowMenu task={task} actions={actions} />
        </div>
      </td>
    </tr>
  );
});

/** The cells that depend on the current time. */
function Times({ task }: { readonly task: WireTask }) {
  const now = useNow();
  const ran = ranFor(task, now);
  const latest = latestOf(task, now);
  return (
    <>
      <td {...CELL} className="c-latest">
        {task.status === "RUNNING" ? (
          <div className="running">
            <ProgressBar percent={task.progress} />
            <span className="pct">
              <StableText>{`${Math.round(task.progress)} %`}</StableText>
            </span>
            <span className="msg clip" title={latest}>
              {latest}
            </span>
          </div>
        ) : (
          <div className="clip" title={latest}>
            {latest}
          </div>
        )}
      </td>
      <td {...CELL} className="c-lane">
        <Lane task={task} now={now} />
      </td>
      <td {...CELL} className="c-att">
        {task.attempt}/{task.max_attempts}
      </td>
      <td {...CELL} className="c-age r" title={formatAbsolute(task.created_at)}>
        <StableText>{formatAge(now - Date.parse(task.created_at))}</StableText>
      </td>
      <td {...CELL} className="c-took">
        <StableText>{ran === undefined ? "" : formatTook(ran)}</StableText>
      </td>
    </>
  );
}
