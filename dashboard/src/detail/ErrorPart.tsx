// The last error of a task with its stack trace, and its attempts.
import type { WireAttempt, WireTask } from "../lib/api.js";
import { CopyButton } from "../parts/CodeBox.js";
import { Attempts } from "./Attempts.js";
import { Stack } from "./Stack.js";

export interface ErrorPartProps {
  readonly error: NonNullable<WireTask["error"]>;
  readonly attempts: readonly WireAttempt[];
}

export function ErrorPart({ error: { name, message, stack }, attempts }: ErrorPartProps) {
  return (
    <>
      <div className="error">
        <div className="error-head">
          <h3>{errorTitle(name)}</h3>
          <p dir="auto">{message}</p>
          {stack && <CopyButton text={stack} label="Copy stack trace" />}
        </div>
        {stack && <Stack text={stack} />}
      </div>
      {attempts.length > 0 && (
        <>
          <div className="section-head below-more">
            <h3>Attempts</h3>
            <span className="ink-3">newest first</span>
          </div>
          <Attempts attempts={attempts} />
        </>
      )}
    </>
  );
}

/** Error classes of the handler API read as what they mean; others are shown by name. */
function errorTitle(name: string): string {
  return name === "Discard" ? "Permanent error, not retried" : name;
}
