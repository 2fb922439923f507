// The last hour as a table, as an accessible alternative to the bars.
import { Dialog } from "@base-ui/react/dialog";
import { formatAbsolute, formatMinute, formatNumber, TIME_ZONE } from "../lib/format.js";
import type { Hour } from "./hour.js";

export function HourTable({ hour, onClose }: { readonly hour: Hour; readonly onClose: () => void }) {
  const busy = hour.minutes.filter((minute) => minute.succeeded + minute.failed > 0).reverse();
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="dialog help">
          <Dialog.Title className="dialog-title">Last 60 minutes</Dialog.Title>
          <Dialog.Description className="hint">
            Minutes with finished tasks, newest first. Time zone: {TIME_ZONE}.
          </Dialog.Description>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard. */}
          <section className="hour-box" aria-label="Minutes" tabIndex={0}>
            <table className="hour-table">
              <thead>
                <tr>
                  <th>Minute</th>
                  <th>Succeeded</th>
                  <th>Failed</th>
                </tr>
              </thead>
              <tbody>
                {busy.map((minute) => (
                  <tr key={minute.at}>
                    <td title={formatAbsolute(minute.at)}>{formatMinute(minute.at)}</td>
                    <td>{formatNumber(minute.succeeded)}</td>
                    <td>{formatNumber(minute.failed)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          <Dialog.Close className="btn">Close</Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
