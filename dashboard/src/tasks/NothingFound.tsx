// Shown instead of the list when no task matches.
import { useNavigate } from "@tanstack/react-router";
import { describeSearch, type TaskSearch } from "../data/search.js";
import type { TaskListView } from "./useTaskList.js";

export function NothingFound({ search, list }: { readonly search: TaskSearch; readonly list: TaskListView }) {
  const navigate = useNavigate();
  const filtered = Object.keys(search).length > 0;
  return (
    <div className="nothing">
      <b>{filtered ? "No matching tasks" : "No tasks yet"}</b>
      <span className="hint">{describeSearch(search)}</span>
      {filtered && (
        <button
          type="button"
          className="btn btn-small"
          onClick={() => void navigate({ to: "/tasks", search: {} })}
        >
          Clear filters
        </button>
      )}
      {list.hasMore && (
        <button type="button" className="btn btn-small" onClick={list.more}>
          Search further back
        </button>
      )}
    </div>
  );
}
