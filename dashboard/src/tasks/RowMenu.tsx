// The available actions of one task. The menu itself is loaded when first opened.
import { Ellipsis } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { titleOf } from "../data/task-words.js";
import type { TaskMenuProps } from "./actions.js";

const TaskMenu = lazy(() => import("./TaskMenu.js").then((module) => ({ default: module.TaskMenu })));

export function RowMenu({ task, actions }: TaskMenuProps) {
  const [asked, setAsked] = useState(false);
  const trigger = (
    <button
      type="button"
      className="icon-btn"
      aria-label={`More actions for ${titleOf(task)}`}
      aria-haspopup="menu"
      onClick={() => setAsked(true)}
    >
      <Ellipsis className="i" aria-hidden />
    </button>
  );
  if (!asked) return trigger;
  return (
    <Suspense fallback={trigger}>
      <TaskMenu task={task} actions={actions} />
    </Suspense>
  );
}
