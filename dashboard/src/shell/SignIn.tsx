// A dialog that asks for the API key when the server requires one; the session is stored in a cookie that scripts cannot
// read.
import { Dialog } from "@base-ui/react/dialog";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError, client } from "../lib/api.js";
import { rememberSession } from "../lib/session.js";
import { Glyph } from "../parts/Glyph.js";
import { explain } from "../parts/toasts.js";

export function SignIn() {
  const queryClient = useQueryClient();
  const [key, setKey] = useState("");
  const [fault, setFault] = useState<string>();
  const open = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await client.openSession(key);
    } catch (error) {
      const refused = error instanceof ApiError && error.status === 401;
      setFault(refused ? "Invalid API key." : explain(error));
      return;
    }
    rememberSession(true);
    // Input on the page is kept; the stream reconnects by itself.
    await queryClient.invalidateQueries();
  };
  return (
    <Dialog.Root open>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="dialog help">
          <Dialog.Title className="dialog-title">API key required</Dialog.Title>
          <Dialog.Description className="hint">
            Enter the value of TASKWRIGHT_API_KEY on the server.
          </Dialog.Description>
          <form className="sign-in" onSubmit={(event) => void open(event)}>
            <div className="field">
              <label htmlFor="key">API key</label>
              <input
                id="key"
                className="input"
                type="password"
                autoComplete="current-password"
                required
                aria-invalid={fault !== undefined}
                aria-describedby="key-error"
                value={key}
                onChange={(event) => setKey(event.target.value)}
              />
              <span id="key-error" role="alert">
                {fault && (
                  <span className="error-text" data-status="FAILED">
                    <Glyph status="FAILED" />
                    {fault}
                  </span>
                )}
              </span>
            </div>
            <button type="submit" className="btn btn-primary">
              Open the dashboard
            </button>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
