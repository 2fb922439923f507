// The footer of the list: how much of it is shown, and its keyboard shortcuts.
import { plural } from "../lib/format.js";
import type { TaskListView } from "./useTaskList.js";

export function ListFooter({ list }: { readonly list: TaskListView }) {
  return (
    <div className="foot">
      {list.loaded && (
        <span className="num">
          {list.tasks.length.toLocaleString("en")} of {list.total} shown
        </span>
      )}
      <span className="sr" role="status">
        {list.fresh > 0 ? `${plural(list.fresh, "new task")}` : ""}
      </span>
      <span className="push">
        <kbd>J</kbd>
        <kbd>K</kbd> move
      </span>
      <span>
        <kbd>↵</kbd> open
      </span>
      <span>
        <kbd>N</kbd> new task
      </span>
      <span>
        <kbd>?</kbd> all shortcuts
      </span>
    </div>
  );
}
