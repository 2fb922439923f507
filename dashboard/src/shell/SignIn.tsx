// Asks once for the key of a server that wants one; the server keeps it in a cookie that scripts can't read.
import { type FormEvent, useState } from "react";
import { Glyph } from "../parts/Glyph.js";

export function SignIn() {
  const [key, setKey] = useState("");
  const [fault, setFault] = useState<string>();
  const open = async (event: FormEvent) => {
    event.preventDefault();
    try {
      const response = await fetch("/api/session", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ key }),
      });
      // Stream and cache start anew, with the cookie.
      if (response.ok) location.reload();
      else setFault("The server does not take this key.");
    } catch (error) {
      console.warn("The session was not opened:", error);
      setFault("The server can't be reached.");
    }
  };
  return (
    <main className="first">
      <h2>An API key is needed</h2>
      <p className="lead">It is the value of TASKWRIGHT_API_KEY on the server.</p>
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
    </main>
  );
}
