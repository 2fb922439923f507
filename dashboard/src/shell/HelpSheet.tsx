// The keys of this page, on a sheet.
import { Dialog } from "@base-ui/react/dialog";
import { KEYS } from "../lib/keys.js";

export function HelpSheet({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="dialog help">
          <Dialog.Title className="dialog-title">Keys</Dialog.Title>
          <dl className="key-list">
            {Object.entries(KEYS).map(([key, what]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
            <div>
              <dt>
                <kbd>Ctrl K</kbd>
              </dt>
              <dd>Find or do anything</dd>
            </div>
          </dl>
          <Dialog.Close className="btn">Close</Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
