// The timeline of a task: waiting, attempts, stages and backoff.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { WireTask } from "../lib/api.js";
import { formatAbsolute, formatNumber, formatSecond, formatTook } from "../lib/format.js";
import { attemptsQuery } from "./queries.js";
import { foldLines, type Span, type TimelineLine, toLines } from "./spans.js";

export function Timeline({ task, now }: { readonly task: WireTask; readonly now: number }) {
  const { data: attempts = [] } = useQuery(attemptsQuery(task.id));
  const [isOpen, setIsOpen] = useState(false);
  const lines = toLines(task, attempts, now);
  const start = Date.parse(task.created_at);
  const end = Math.max(start + 1, ...lines.flatMap((line) => line.spans.map((span) => span.to)));
  const length = end - start;
  const place = (span: Span) => ({
    "--l": (100 * Math.max(0, span.from - start)) / length,
    "--w": (100 * Math.max(0, span.to - span.from)) / length,
  });
  const { head, hidden, tail } = isOpen ? { head: lines, hidden: 0, tail: [] } : foldLines(lines);
  const draw = (line: TimelineLine, index: number) => (
    <div key={index} className={line.isStage ? "line sub" : "line"}>
      <span className="clip" title={line.name}>
        {line.name}
      </span>
      <span className="track">
        {line.spans.map((span) => (
          <i key={span.kind + span.from} className={span.kind} style={place(span)} />
        ))}
      </span>
      <span>{formatTook(line.took)}</span>
    </div>
  );
  return (
    <section aria-label="Timeline">
      <div className="section-head">
        <h3>Timeline</h3>
        <span className="ink-3">
          {formatTook(length)} {task.completed_at === null ? "so far" : "from submit to finish"}
        </span>
      </div>
      <div className="timeline">
        <div className="line axis" aria-hidden="true">
          <span />
          <span>
            <span title={formatAbsolute(start)}>{formatSecond(start)}</span>
            {[1, 2, 3, 4].map((part) => (
              <span key={part}>+{formatTook((length * part) / 4)}</span>
            ))}
          </span>
          <span />
        </div>
        {head.map(draw)}
        {hidden > 0 && (
          <button type="button" className="as-link more-lines" onClick={() => setIsOpen(true)}>
            {formatNumber(hidden)} more lines
          </button>
        )}
        {tail.map((line, index) => draw(line, head.length + hidden + index))}
      </div>
    </section>
  );
}
