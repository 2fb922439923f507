// Shown instead of a page: an unknown URL, or an error in the page itself.
import { Link } from "@tanstack/react-router";
import { explain } from "../parts/toasts.js";

export function NotFound() {
  return (
    <div className="nothing" role="alert">
      <b>Page not found</b>
      <span className="hint">{location.pathname}</span>
      <Link className="btn btn-small" to="/tasks">
        Go to tasks
      </Link>
    </div>
  );
}

export function PageError({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  return (
    <div className="nothing" role="alert">
      <b>Couldn't show this page</b>
      <span className="hint">{explain(error)}</span>
      <button type="button" className="btn btn-small" onClick={reset}>
        Try again
      </button>
    </div>
  );
}
