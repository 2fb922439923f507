// A stack trace: the frames of the task's own code, and the others collapsed.
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { plural } from "../lib/format.js";
import { type Frame, parseStack } from "./parse-stack.js";

/** Shows the frames of the task's own code; frames of packages, Node and Taskwright are collapsed. */
export function Stack({ text }: { readonly text: string }) {
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
