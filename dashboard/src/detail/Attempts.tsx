// The attempts of a task, newest first, each with its error and stack trace. Many are shown in steps.
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { WireAttempt } from "../lib/api.js";
import { formatAbsolute, formatNumber, formatSecond, formatTook } from "../lib/format.js";
import { Glyph } from "../parts/Glyph.js";
import { Stack } from "./Stack.js";
import { runNames } from "./spans.js";
import { useWorkerName } from "./useWorkerName.js";

const STEP = 10;

export function Attempts({ attempts }: { readonly attempts: readonly WireAttempt[] }) {
  const [shown, setShown] = useState(STEP);
  const names = runNames(attempts);
  const newest = attempts.map((attempt, index) => ({ attempt, name: names[index] ?? "" })).reverse();
  return (
    <>
      <ol className="attempts">
        {newest.slice(0, shown).map(({ attempt, name }) => (
          <AttemptLine key={name} attempt={attempt} name={name} />
        ))}
      </ol>
      {newest.length > shown && (
        <button type="button" className="btn btn-small below" onClick={() => setShown(newest.length)}>
          Show {formatNumber(newest.length - shown)} more
        </button>
      )}
    </>
  );
}

const OUTCOMES: Readonly<Record<WireAttempt["outcome"], string>> = {
  SUCCESS: "Succeeded",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
  retry: "Failed",
  released: "Handed back",
  crashed: "Process crashed",
};

function AttemptLine({ attempt, name }: { readonly attempt: WireAttempt; readonly name: string }) {
  const nameOf = useWorkerName();
  const { outcome, error } = attempt;
  const status = outcome === "SUCCESS" || outcome === "CANCELLED" ? outcome : "FAILED";
  const line = (
    <>
      <span className="glyph">
        <Glyph status={status} />
      </span>
      <span className="num">{name}</span>
      <span className="mono" title={formatAbsolute(attempt.started_at)}>
        {formatSecond(attempt.started_at)}
      </span>
      <span className="mono">
        {formatTook(Date.parse(attempt.ended_at) - Date.parse(attempt.started_at))}
      </span>
      <span className="clip why ink-2" title={error?.message}>
        {error?.message ?? OUTCOMES[outcome]}
      </span>
      <span className="ink-3 who clip">{nameOf(attempt.worker)}</span>
    </>
  );
  return (
    <li data-status={status}>
      {error?.stack ? (
        <details>
          <summary className="attempt">
            {line}
            <ChevronRight className="i" aria-hidden />
          </summary>
          <p className="attempt-error">{error.message}</p>
          <Stack text={error.stack} />
        </details>
      ) : (
        <div className="attempt">{line}</div>
      )}
    </li>
  );
}
