// The log of a task: virtualised, and scrolled along with new lines while its end is in view.
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Download } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { WireLogLine, WireTask } from "../lib/api.js";
import { formatAbsolute, formatNumber, formatTook, plural } from "../lib/format.js";
import { logsQuery } from "./queries.js";

const LINE_HEIGHT = 25;
/** Closer to the end than this counts as at the end. */
const AT_END_PX = 40;

export function Logs({ task }: { readonly task: WireTask }) {
  const { data: lines = [], isPending } = useQuery(logsQuery(task.id, task.status === "RUNNING"));
  const [text, setText] = useState("");
  const [level, setLevel] = useState("");
  const found = useMemo(() => {
    const wanted = text.toLowerCase();
    return lines.filter(
      (line) =>
        (level === "" || line.level === level) &&
        (wanted === "" || line.message.toLowerCase().includes(wanted)),
    );
  }, [lines, text, level]);
  if (isPending) return null;
  if (lines.length === 0)
    return <p className="ink-3">{task.completed_at === null ? "No log lines yet" : "No log lines"}</p>;
  return (
    <>
      <div className="panel-head">
        <span className="num">
          {found.length === lines.length
            ? plural(lines.length, "line")
            : `${formatNumber(found.length)} of ${plural(lines.length, "line")}`}
        </span>
        <span className="push" />
        <input
          className="input log-find"
          type="search"
          aria-label="Search log"
          placeholder="Search log"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <select
          className="select log-level"
          aria-label="Level"
          value={level}
          onChange={(event) => setLevel(event.target.value)}
        >
          <option value="">All levels</option>
          <option value="info">info</option>
          <option value="warn">warn</option>
          <option value="error">error</option>
        </select>
        <button
          type="button"
          className="icon-btn"
          aria-label="Download lines as NDJSON"
          title="Download as NDJSON"
          onClick={() => saveLines(`${task.id}.ndjson`, found)}
        >
          <Download className="i" aria-hidden />
        </button>
      </div>
      <Lines lines={found} since={Date.parse(task.created_at)} />
    </>
  );
}

function Lines({ lines, since }: { readonly lines: readonly WireLogLine[]; readonly since: number }) {
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
    getItemKey: (index) => lines[index]?.seq ?? index,
  });
  useEffect(() => {
    if (follows.current && lines.length > 0) virtualizer.scrollToIndex(lines.length - 1, { align: "end" });
  }, [lines.length, virtualizer]);
  const items = virtualizer.getVirtualItems();
  return (
    <section
      className="log-box"
      aria-label="Log"
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < AT_END_PX;
      }}
    >
      <ol
        className="log"
        style={{ "--total": `${virtualizer.getTotalSize()}px`, "--first": `${items[0]?.start ?? 0}px` }}
      >
        {items.map((item) => {
          const line = lines[item.index];
          return (
            line && (
              <li
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                className={levelClass(line)}
              >
                <time dateTime={line.at} title={formatAbsolute(line.at)}>
                  +{formatTook(Math.max(0, Date.parse(line.at) - since))}
                </time>
                <span className="lvl">{line.level}</span>
                <span className="log-message">
                  {line.message}
                  {line.fields && <span className="ink-3"> {JSON.stringify(line.fields)}</span>}
                </span>
              </li>
            )
          );
        })}
      </ol>
    </section>
  );
}

/** Downloads the shown lines as a file with one JSON object per line. */
function saveLines(name: string, lines: readonly WireLogLine[]): void {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`);
  const url = URL.createObjectURL(new Blob(text, { type: "application/x-ndjson" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

function levelClass(line: WireLogLine): string | undefined {
  if (line.level === "warn") return "warn";
  return line.level === "error" ? "err" : undefined;
}
