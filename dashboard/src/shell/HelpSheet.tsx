// The dialog that lists the keyboard shortcuts, and turns them off.
import { Dialog } from "@base-ui/react/dialog";
import { KEYS, setShortcuts, useShortcuts } from "../lib/keys.js";

export function HelpSheet({ onClose }: { readonly onClose: () => void }) {
  const on = useShortcuts();
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="dialog help">
          <Dialog.Title className="dialog-title">Keyboard shortcuts</Dialog.Title>
          <label className="beside">
            <input
              className="switch"
              type="checkbox"
              role="switch"
              aria-checked={on}
              checked={on}
              onChange={(event) => setShortcuts(event.target.checked)}
            />
            Shortcuts of a single key
          </label>
          <dl className={on ? "key-list" : "key-list ink-3"}>
            {Object.entries(KEYS).map(([key, description]) => (
              <Entry key={key} name={key} description={description} />
            ))}
            <Entry name="Ctrl K" description="Search or run a command; always on" />
          </dl>
          <div className="dialog-end">
            <Dialog.Close className="btn">Close</Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Entry({ name, description }: { readonly name: string; readonly description: string }) {
  return (
    <div>
      <dt>
        <kbd>{name}</kbd>
      </dt>
      <dd>{description}</dd>
    </div>
  );
}
