// What this person just did, said once and for a moment. Failures of others are no business of a toast.
import { Toast } from "@base-ui/react/toast";
import { ConnectionError } from "../lib/api.js";

interface ToastData {
  readonly error: boolean;
}

export const toastManager = Toast.createToastManager<ToastData>();

/** Says that something was done. `action` offers what to look at next. */
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

/** Says that something was not done, and why; stays until it is dismissed. */
export function toastError(title: string, error: unknown): void {
  toastManager.add({
    title,
    description: explain(error),
    timeout: 0,
    priority: "low",
    data: { error: true },
  });
}

/** One sentence for people. */
export function explain(error: unknown): string {
  if (error instanceof ConnectionError) return "The server can't be reached.";
  return error instanceof Error ? error.message : String(error);
}
