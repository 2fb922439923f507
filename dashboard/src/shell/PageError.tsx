// What stands where a page can't: an address that leads nowhere, or a fault of the page itself.
import { Link } from "@tanstack/react-router";
import { explain } from "../parts/toasts.js";

export function NotFound() {
  return (
    <div className="nothing" role="alert">
      <b>There is no such page</b>
      <span className="hint">{location.pathname}</span>
      <Link className="btn btn-small" to="/tasks">
        To the tasks
      </Link>
    </div>
  );
}

export function PageError({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  return (
    <div className="nothing" role="alert">
      <b>This page can't be shown</b>
      <span className="hint">{explain(error)}</span>
      <button type="button" className="btn btn-small" onClick={reset}>
        Try again
      </button>
    </div>
  );
}
