// Toasts: brief feedback on the user's own actions. Other errors are shown elsewhere.
import { Toast } from "@base-ui/react/toast";
import { ConnectionError } from "../lib/api.js";

interface ToastData {
  readonly error: boolean;
}

export const toastManager = Toast.createToastManager<ToastData>();

/** Shows that an action succeeded. `action` adds a button. */
export function toast(
  title: string,
  action?: { readonly label: string; readonly onClick: () => void },
): void {
  toastManager.add({
    title,
    timeout: 6000,
    priority: "low",
    data: { error: false },
    ...(action && { actionProps: { children: action.label, onClick: action.onClick } }),
  });
}

/** Shows that an action failed, and why; stays until dismissed. */
export function toastError(title: string, error: unknown): void {
  toastManager.add({
    title,
    description: explain(error),
    timeout: 0,
    priority: "low",
    data: { error: true },
  });
}

/** The error as one sentence. */
export function explain(error: unknown): string {
  if (error instanceof ConnectionError) return "Couldn't reach the server.";
  return error instanceof Error ? error.message : String(error);
}
