// The attempt lane: a line while a task waits, a block per attempt, dots during backoff. Drawn from the list data: the last
// attempt to scale, earlier ones in equal parts of the time before it.
import type { WireTask } from "../lib/api.js";

const WIDTH = 72;
const LAST = { RUNNING: "run", SUCCESS: "ok", CANCELLED: "off", FAILED: "bad" } as const;

export function Lane({ task, now }: { readonly task: WireTask; readonly now: number }) {
  return (
    <svg
      className="lane"
      viewBox={`0 0 ${WIDTH} 16`}
      role="img"
      aria-label={`Attempts ${task.attempt} of ${task.max_attempts}`}
    >
      <LaneShapes task={task} now={now} />
    </svg>
  );
}

function LaneShapes({ task, now }: { readonly task: WireTask; readonly now: number }) {
  const started = task.started_at === null ? undefined : Date.parse(task.started_at);
  if (task.status === "PENDING" && task.waiting_for === "time" && task.attempt === 0) {
    return (
      <>
        <line className="until" x1={0} y1={8} x2={WIDTH - 2} y2={8} />
        <line
          className="tick"
          x1={WIDTH - 1}
          y1={4}
          x2={WIDTH - 1}
          y2={12}
          data-status="PENDING"
          data-waiting="time"
        />
      </>
    );
  }
  if (started === undefined) {
    const end = task.status === "PENDING" ? WIDTH : WIDTH / 2;
    return <line className="wait" x1={0} y1={8} x2={end} y2={8} />;
  }
  if (task.status === "PENDING") {
    return (
      <>
        <Earlier count={task.attempt} from={0} to={WIDTH * 0.6} />
        <line className="back" x1={WIDTH * 0.6} y1={8} x2={WIDTH} y2={8} />
      </>
    );
  }
  const created = Date.parse(task.created_at);
  const end = task.completed_at === null ? Math.max(now, started) : Date.parse(task.completed_at);
  const share = end > created ? (started - created) / (end - created) : 0;
  const from = Math.min(WIDTH - 3, Math.max(task.attempt > 1 ? 24 : 2, Math.round(WIDTH * share)));
  return (
    <>
      {task.attempt > 1 ? (
        <Earlier count={task.attempt - 1} from={0} to={from} />
      ) : (
        <line className="wait" x1={0} y1={8} x2={from} y2={8} />
      )}
      <Block kind={LAST[task.status]} from={from} to={WIDTH} />
    </>
  );
}

/** Failed attempts, each followed by its backoff; at most four are drawn separately. */
function Earlier({
  count,
  from,
  to,
}: {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}) {
  const blocks = Math.min(4, count);
  const step = (to - from - 4) / blocks;
  return (
    <>
      <line className="wait" x1={from} y1={8} x2={from + 4} y2={8} />
      {Array.from({ length: blocks }, (_, index) => {
        const at = from + 4 + index * step;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an attempt is its number.
          <g key={index}>
            <Block kind="bad" from={at} to={at + step * 0.62} />
            <line className="back" x1={at + step * 0.62} y1={8} x2={at + step} y2={8} />
          </g>
        );
      })}
    </>
  );
}

function Block({ kind, from, to }: { readonly kind: string; readonly from: number; readonly to: number }) {
  // The outline of a hatched block is drawn inside it.
  const inset = kind === "bad" ? 0.5 : 0;
  return (
    <rect
      className={kind}
      x={from + inset}
      y={4 + inset}
      width={Math.max(2, to - from - 2 * inset)}
      height={8 - 2 * inset}
      rx={1.5}
    />
  );
}
