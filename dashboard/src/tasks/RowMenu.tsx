// The available actions of one task. The menu itself is loaded when first opened.
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { titleOf } from "../data/task-words.js";
import { lazily } from "../parts/lazily.js";
import type { TaskMenuProps } from "./actions.js";

export const taskMenu = lazily<TaskMenuProps>();

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
  return asked ? <taskMenu.Component task={task} actions={actions} /> : trigger;
}
