// The command palette: type, choose with the arrow keys, press Enter.
import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { taskTypesQuery } from "../data/queries.js";
import { signOut } from "../lib/session.js";
import { setTheme } from "../lib/theme.js";
import { toastError } from "../parts/toasts.js";
import { type Command, type CommandGroup, commandsFor } from "./commands.js";

export interface PaletteProps {
  readonly onClose: () => void;
  /** Shows the keyboard shortcuts. */
  readonly onHelp: () => void;
}

export function Palette({ onClose, onHelp }: PaletteProps) {
  const { data: types = [] } = useQuery(taskTypesQuery);
  const [text, setText] = useState("");
  const groups = useMemo(() => commandsFor(text, types), [text, types]);
  const run = useRun(onHelp);
  const input = useRef<HTMLInputElement>(null);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="palette" aria-label="Search or run a command" initialFocus={input}>
          <Autocomplete.Root
            open
            inline
            mode="none"
            items={groups}
            value={text}
            // Choosing a command must not put its name into the input.
            onValueChange={(value, { reason }) => reason !== "item-press" && setText(value)}
            autoHighlight="always"
            keepHighlight
          >
            <div className="palette-ask">
              <Search className="i" aria-hidden />
              <Autocomplete.Input
                ref={input}
                aria-label="Search or run a command"
                placeholder="Page, task type, status or task id"
              />
              <kbd>esc</kbd>
            </div>
            <Autocomplete.Empty className="palette-none">
              {groups.length === 0 && "No results"}
            </Autocomplete.Empty>
            <Autocomplete.List className="palette-list">
              {(group: CommandGroup) => (
                <Autocomplete.Group key={group.value} items={group.items}>
                  <Autocomplete.GroupLabel className="palette-group">{group.value}</Autocomplete.GroupLabel>
                  <Autocomplete.Collection>
                    {(command: Command) => (
                      <Autocomplete.Item
                        key={command.value}
                        value={command}
                        className="palette-item"
                        onClick={() => {
                          onClose();
                          run(command);
                        }}
                      >
                        <span className="clip">{command.label}</span>
                        <span className="hint clip">{command.hint}</span>
                      </Autocomplete.Item>
                    )}
                  </Autocomplete.Collection>
                </Autocomplete.Group>
              )}
            </Autocomplete.List>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function useRun(onHelp: () => void): (command: Command) => void {
  const navigate = useNavigate();
  return (command) => {
    switch (command.does) {
      case "go":
        return void navigate({ to: command.to });
      case "leave":
        return location.assign(command.address);
      case "filter":
        return void navigate({ to: "/tasks", search: command.search });
      case "open":
        return void navigate({ to: "/tasks/$taskId", params: { taskId: command.taskId } });
      case "submit":
        return void navigate({ to: "/new", search: { type: command.taskType } });
      case "theme":
        return setTheme(command.theme);
      case "signOut":
        return void signOut().catch((error: unknown) => toastError("Couldn't sign out.", error));
      case "help":
        return onHelp();
    }
  };
}
