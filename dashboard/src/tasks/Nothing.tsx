// What stands in place of the list: while it is read, and when nothing fits.
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { after } from "../lib/clock.js";
import { describeSearch, type TaskSearch } from "./search.js";
import type { TaskListView } from "./useTaskList.js";

/** Still bars; only where reading takes long enough to be noticed. */
export function Ghosts() {
  const [late, setLate] = useState(false);
  useEffect(() => after(150, () => setLate(true)), []);
  if (!late) return null;
  return (
    <div className="ghosts px-6" aria-hidden="true">
      {["w-44", "w-36", "w-52", "w-40"].map((width) => (
        <div key={width}>
          <i className="w-16" />
          <i className="w-28" />
          <i className={width} />
        </div>
      ))}
    </div>
  );
}

export function NothingFound({ search, list }: { readonly search: TaskSearch; readonly list: TaskListView }) {
  const navigate = useNavigate();
  const filtered = Object.keys(search).length > 0;
  return (
    <div className="nothing">
      <b>{filtered ? "No task matches" : "No task yet"}</b>
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
