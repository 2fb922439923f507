// The open menu of one task.
import { Menu } from "@base-ui/react/menu";
import { useNavigate } from "@tanstack/react-router";
import { Copy, Ellipsis, ListFilter, Pencil, Play, RotateCw, Square } from "lucide-react";
import { urlVariable } from "../data/submit-request.js";
import { canCancel, canEdit, canRetry, titleOf } from "../data/task-words.js";
import { SERVER_URL } from "../lib/base.js";
import { toast, toastError } from "../parts/toasts.js";
import type { TaskMenuProps } from "./actions.js";

export function TaskMenu({ task, actions }: TaskMenuProps) {
  const navigate = useNavigate();
  const copy = (what: string, text: string) => {
    navigator.clipboard.writeText(text).then(
      () => toast(`Copied ${what}`),
      (error: unknown) => toastError("Couldn't copy.", error),
    );
  };
  const url = `${SERVER_URL}/api/tasks/${task.id}`;
  return (
    <Menu.Root defaultOpen modal={false}>
      <Menu.Trigger className="icon-btn" aria-label={`More actions for ${titleOf(task)}`}>
        <Ellipsis className="i" aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="menu-place" align="end" sideOffset={4}>
          <Menu.Popup className="menu">
            {canCancel(task) && (
              <Menu.Item onClick={() => actions.cancel(task)}>
                <Square className="i stop" aria-hidden />
                Cancel
                <kbd>C</kbd>
              </Menu.Item>
            )}
            {canEdit(task) && (
              <Menu.Item onClick={() => actions.edit(task)}>
                <Pencil className="i" aria-hidden />
                Edit…
              </Menu.Item>
            )}
            {canRetry(task) && (
              <Menu.Item onClick={() => actions.retry(task)}>
                <RotateCw className="i" aria-hidden />
                Retry
                <kbd>R</kbd>
              </Menu.Item>
            )}
            <Menu.Item onClick={() => actions.runAgain(task)}>
              <Play className="i" aria-hidden />
              Edit and run…
              <kbd>E</kbd>
            </Menu.Item>
            <Menu.Item onClick={() => void navigate({ to: "/tasks", search: { type: task.task_type } })}>
              <ListFilter className="i" aria-hidden />
              Filter by this type
            </Menu.Item>
            <Menu.Separator render={<hr />} />
            <Menu.Item onClick={() => copy("task id", task.id)}>
              <Copy className="i" aria-hidden />
              Copy id
            </Menu.Item>
            <Menu.Item onClick={() => copy("command", `curl ${url}`)}>
              <Copy className="i" aria-hidden />
              Copy as curl
            </Menu.Item>
            <Menu.Item
              onClick={() => copy("command", `${urlVariable(SERVER_URL)}npx taskwright get ${task.id}`)}
            >
              <Copy className="i" aria-hidden />
              Copy as CLI
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
