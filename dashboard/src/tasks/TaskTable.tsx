// The live list: a virtualised table. Rows change in place; new ones are held back behind the "new" button.
import { getRouteApi, useNavigate, useParams } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { canCancel, canRetry } from "../data/task-words.js";
import type { WireTask } from "../lib/api.js";
import { formatCount } from "../lib/format.js";
import { useKeys } from "../lib/keys.js";
import { MOST_COUNTED } from "../live/fresh.js";
import { COLUMN_HEADER, HIDDEN_FROM_READERS, ROW, ROW_GROUP, TABLE } from "../parts/roles.js";
import { useTaskActions } from "./actions.js";
import { TaskRow } from "./TaskRow.js";
import type { TaskListView } from "./useTaskList.js";

const route = getRouteApi("/tasks");
const ROW_HEIGHT = 36;
const CARD_HEIGHT = 102;
/** The header with the head of the table, and the footer, in pixels. */
const TOP_BARS = 48;
const BOTTOM_BAR = 36;

interface TaskTableProps {
  readonly list: TaskListView;
  readonly onEdit: (task: WireTask) => void;
}

export function TaskTable({ list, onEdit }: TaskTableProps) {
  const { tasks } = list;
  const navigate = useNavigate();
  const actions = useTaskActions(onEdit);
  const search = route.useSearch();
  const opened = useParams({ strict: false, select: ({ taskId }) => taskId });
  const body = useRef<HTMLTableSectionElement>(null);
  const [current, setCurrent] = useState<string>();
  /** The row that gets the focus as soon as it is drawn. */
  const wanted = useRef<string>(undefined);
  const index = tasks.findIndex((task) => task.id === current);

  const virtualizer = useWindowVirtualizer({
    count: tasks.length,
    estimateSize: () => (window.matchMedia("(max-width: 719px)").matches ? CARD_HEIGHT : ROW_HEIGHT),
    overscan: 16,
    scrollMargin: body.current?.offsetTop ?? 0,
    getItemKey: (at) => tasks[at]?.id ?? at,
  });
  const rows = virtualizer.getVirtualItems();
  const first = rows[0];
  const last = rows.at(-1);
  const margin = virtualizer.options.scrollMargin;

  const { hasMore, loadingMore, more } = list;
  const atEnd = last !== undefined && last.index >= tasks.length - 1;
  useEffect(() => {
    if (atEnd && hasMore && !loadingMore) more();
  }, [atEnd, hasMore, loadingMore, more]);

  const move = useCallback(
    (by: number) => {
      const next = index < 0 ? 0 : Math.min(tasks.length - 1, Math.max(0, index + by));
      wanted.current = tasks[next]?.id;
      setCurrent(wanted.current);
      virtualizer.scrollToIndex(next);
    },
    [index, tasks, virtualizer],
  );
  useEffect(() => {
    const row = wanted.current && body.current?.querySelector<HTMLElement>(`[data-id="${wanted.current}"]`);
    if (!row) return;
    wanted.current = undefined;
    row.focus({ preventScroll: true });
  });
  // When the detail is closed, the focus is on the row of the task that it showed last.
  const shown = useRef(opened);
  useEffect(() => {
    const before = shown.current;
    shown.current = opened;
    const at = tasks.findIndex((task) => task.id === before);
    if (opened !== undefined || before === undefined || at < 0) return;
    wanted.current = before;
    setCurrent(before);
    if (!isInView(body.current, before)) virtualizer.scrollToIndex(at, { align: "center" });
  }, [opened, tasks, virtualizer]);

  const chosen = tasks[index];
  useKeys(
    useMemo(() => {
      /** Acts only on the row that has the focus and can be seen. */
      const onRow = (task: WireTask, act: (task: WireTask) => void) => (event: KeyboardEvent) => {
        const row = event.target instanceof Element ? event.target.closest("[data-id]") : null;
        if (row?.getAttribute("data-id") !== task.id) return;
        if (isInView(body.current, task.id)) act(task);
        else row.scrollIntoView({ block: "center" });
      };
      return {
        j: () => move(1),
        k: () => move(-1),
        ".": list.refresh,
        ...(chosen && { e: onRow(chosen, actions.runAgain) }),
        ...(chosen && canCancel(chosen) && { c: onRow(chosen, actions.cancel) }),
        ...(chosen && canRetry(chosen) && { r: onRow(chosen, actions.retry) }),
      };
    }, [move, list.refresh, chosen, actions]),
  );
  const open = useCallback(
    (id: string) => void navigate({ to: "/tasks/$taskId", params: { taskId: id }, search }),
    [navigate, search],
  );

  return (
    <table
      {...TABLE}
      className="grid-table sticky-head tasks"
      aria-label="Tasks, newest first"
      aria-rowcount={list.totalValue}
    >
      <colgroup>
        <col className="w-status" />
        <col className="w-type" />
        <col />
        <col className="w-latest" />
        <col className="w-lane" />
        <col className="w-att" />
        <col className="w-age" />
        <col className="w-took" />
        <col className="w-act" />
      </colgroup>
      <Head fresh={list.fresh} onShow={list.refresh} />
      <tbody {...ROW_GROUP} ref={body}>
        <Space height={first ? first.start - margin : 0} />
        {rows.map((row) => {
          const task = tasks[row.index];
          return (
            task && (
              <TaskRow
                key={row.key}
                task={task}
                index={row.index}
                measure={virtualizer.measureElement}
                isCurrent={task.id === current || (index < 0 && row.index === 0)}
                isOpen={task.id === opened}
                onFocus={setCurrent}
                onOpen={open}
                actions={actions}
              />
            )
          );
        })}
        <Space height={last ? virtualizer.getTotalSize() + margin - last.end : 0} />
      </tbody>
    </table>
  );
}

/** True if the row of this task is drawn, and not outside of the window or behind the bars at its edges. */
function isInView(body: HTMLElement | null, id: string): boolean {
  const box = body?.querySelector(`[data-id="${id}"]`)?.getBoundingClientRect();
  return box !== undefined && box.top >= TOP_BARS && box.bottom <= window.innerHeight - BOTTOM_BAR;
}

/** Takes the space of rows outside the viewport. */
function Space({ height }: { readonly height: number }) {
  return height > 0 ? (
    <tr {...HIDDEN_FROM_READERS} className="space" style={{ "--space": `${height}px` }}>
      <td />
    </tr>
  ) : null;
}

function Head({ fresh, onShow }: { readonly fresh: number; readonly onShow: () => void }) {
  return (
    <thead {...ROW_GROUP}>
      <tr {...ROW}>
        <th {...COLUMN_HEADER}>Status</th>
        <th {...COLUMN_HEADER}>Type</th>
        <th {...COLUMN_HEADER} className={fresh > 0 ? "c-summary has-fresh" : "c-summary"}>
          <div className="th-task">
            <span>Summary</span>
            {fresh > 0 && (
              <button type="button" className="new-pill" onClick={onShow}>
                <span key={fresh}>
                  <ArrowUp className="i" aria-hidden />
                  {formatCount(fresh)}
                  {fresh >= MOST_COUNTED && "+"} new
                </span>
              </button>
            )}
          </div>
        </th>
        <th {...COLUMN_HEADER}>Latest</th>
        <th {...COLUMN_HEADER} className="c-lane">
          Attempts
        </th>
        <th {...COLUMN_HEADER} className="c-att">
          <span className="sr">Count</span>
        </th>
        <th {...COLUMN_HEADER} className="r" aria-sort="ascending">
          Age
        </th>
        <th {...COLUMN_HEADER} className="r c-took-h">
          Took
        </th>
        <th {...COLUMN_HEADER}>
          <span className="sr">Actions</span>
        </th>
      </tr>
    </thead>
  );
}
