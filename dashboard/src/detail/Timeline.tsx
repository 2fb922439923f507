// The timeline of a task: waiting, attempts, stages and backoff.
import { useQuery } from "@tanstack/react-query";
import type { WireTask } from "../lib/api.js";
import { formatAbsolute, formatSecond, formatTook } from "../lib/format.js";
import { attemptsQuery } from "./queries.js";
import { type Span, toLines } from "./spans.js";

export function Timeline({ task, now }: { readonly task: WireTask; readonly now: number }) {
  const { data: attempts = [] } = useQuery(attemptsQuery(task.id));
  const lines = toLines(task, attempts, now);
  const start = Date.parse(task.created_at);
  const end = Math.max(start + 1, ...lines.flatMap((line) => line.spans.map((span) => span.to)));
  const length = end - start;
  const place = (span: Span) => ({
    "--l": (100 * Math.max(0, span.from - start)) / length,
    "--w": (100 * Math.max(0, span.to - span.from)) / length,
  });
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
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are only appended, and two stages may have the same name.
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
        ))}
      </div>
    </section>
  );
}
