// The error of a task with its stack trace, and all attempts, newest first.
import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { WireTask } from "../lib/api.js";
import { formatAbsolute, formatSecond, formatTook, plural } from "../lib/format.js";
import { CopyButton } from "../parts/CodeBox.js";
import { Glyph } from "../parts/Glyph.js";
import { attemptsQuery } from "./queries.js";
import { type Frame, parseStack } from "./stack.js";
import { useWorkerName } from "./useWorkerName.js";

export function ErrorPart({ task }: { readonly task: WireTask }) {
  const { data: attempts = [] } = useQuery(attemptsQuery(task.id));
  const nameOf = useWorkerName();
  if (!task.error) return null;
  const { name, message, stack } = task.error;
  return (
    <>
      <div className="error">
        <div className="error-head">
          <h3>{errorTitle(name)}</h3>
          <p>{message}</p>
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
          <ol className="attempts">
            {[...attempts].reverse().map((attempt) => {
              const status =
                attempt.outcome === "SUCCESS" || attempt.outcome === "CANCELLED" ? attempt.outcome : "FAILED";
              return (
                <li key={`${attempt.attempt} ${attempt.started_at}`} data-status={status}>
                  <span className="glyph">
                    <Glyph status={status} />
                  </span>
                  <span className="num">Attempt {attempt.attempt}</span>
                  <span className="mono" title={formatAbsolute(attempt.started_at)}>
                    {formatSecond(attempt.started_at)}
                  </span>
                  <span className="mono">
                    {formatTook(Date.parse(attempt.ended_at) - Date.parse(attempt.started_at))}
                  </span>
                  <span className="clip why ink-2">{attempt.error?.message ?? attempt.outcome}</span>
                  <span className="ink-3 who clip">{nameOf(attempt.worker)}</span>
                </li>
              );
            })}
          </ol>
        </>
      )}
    </>
  );
}

/** Error classes of the handler API read as what they mean; others are shown by name. */
function errorTitle(name: string): string {
  return name === "Discard" ? "Permanent error, not retried" : name;
}

/** Shows the frames of the task's own code; frames of packages, Node and Taskwright are collapsed. */
function Stack({ text }: { readonly text: string }) {
  const groups = parseStack(text);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  if (groups.length === 0) return <pre className="stack px-4 whitespace-pre-wrap">{text}</pre>;
  return (
    <ol className="stack">
      {groups.map((group, index) => {
        const key = `${index}`;
        if (group.isOwn || open.has(key)) {
          return group.frames.map((frame) => (
            <FrameLine key={frame.at + frame.where} frame={frame} isOwn={group.isOwn} />
          ));
        }
        return (
          <li key={key} className="folds">
            <button
              type="button"
              className="fold"
              aria-expanded={false}
              onClick={() => setOpen(new Set([...open, key]))}
            >
              <ChevronRight className="i" aria-hidden />
              {plural(group.frames.length, "more frame")}
            </button>
          </li>
        );
      })}
    </ol>
  );
}

function FrameLine({ frame, isOwn }: { readonly frame: Frame; readonly isOwn: boolean }) {
  return (
    <li className={isOwn ? "app" : undefined}>
      <span className="at">{frame.at}</span>
      <span className="where">{frame.where}</span>
    </li>
  );
}
