// The dialog that lists the keyboard shortcuts.
import { Dialog } from "@base-ui/react/dialog";
import { KEYS } from "../lib/keys.js";

export function HelpSheet({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="dialog help">
          <Dialog.Title className="dialog-title">Keyboard shortcuts</Dialog.Title>
          <dl className="key-list">
            {Object.entries(KEYS).map(([key, description]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{description}</dd>
              </div>
            ))}
            <div>
              <dt>
                <kbd>Ctrl K</kbd>
              </dt>
              <dd>Search or run a command</dd>
            </div>
          </dl>
          <Dialog.Close className="btn">Close</Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
