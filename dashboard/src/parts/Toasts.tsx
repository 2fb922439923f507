// Renders toasts: at most three, kept open while hovered or focused.
import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { Glyph } from "./Glyph.js";
import { toastManager } from "./toasts.js";

export function Toasts() {
  return (
    <Toast.Provider toastManager={toastManager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="toasts">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts } = Toast.useToastManager<{ readonly error: boolean }>();
  return toasts.map((item) => {
    const failed = item.data?.error === true;
    return (
      <Toast.Root
        key={item.id}
        toast={item}
        className={failed ? "toast toast-error" : "toast"}
        data-status={failed ? "FAILED" : undefined}
        swipeDirection={["right", "down"]}
      >
        {failed && (
          <span className="glyph">
            <Glyph status="FAILED" />
          </span>
        )}
        <span className="toast-text">
          <Toast.Title render={<b className="strong" />} />{" "}
          <Toast.Description render={<span className="ink-2" />} />
        </span>
        <Toast.Action className="btn btn-quiet btn-small" />
        <Toast.Close className="icon-btn" aria-label="Dismiss">
          <X className="i" aria-hidden />
        </Toast.Close>
      </Toast.Root>
    );
  });
}
