// Processes live until they are asked to stop, and then stop in time.
import type { History, Life, Violation } from "../history.js";
import { type Known, know } from "./known.js";

export function processes(history: History): readonly Violation[] {
  const known = know(history);
  const poisonedIn = new Set(
    history.runs.filter((run) => run.taskType === "poison" && !run.end).map((run) => run.process),
  );
  return history.lives.flatMap((life): readonly Violation[] => {
    const { end, ending } = life;
    if (!end) return [];
    if (!ending) {
      if (poisonedIn.has(life.process) || isRefusedStart(known, life, end.at)) return [];
      const detail = `${life.process} ended (${end.how}): ${end.words}`;
      return [{ rule: "no process ends by itself", detail }];
    }
    // Before it is up, it does not listen to SIGTERM yet, and has nothing to hand back.
    if (
      ending.how === "SIGKILL" ||
      life.readyAt === undefined ||
      known.wasDisturbed(life.process, ending.at, end.at)
    )
      return [];
    return stopped(life, ending.at, end, history.stopWithin);
  });
}

/** One that starts while the database is away may give up, and is started again. */
function isRefusedStart(known: Known, life: Life, endedAt: number): boolean {
  return life.readyAt === undefined && known.wasDisturbed(life.process, life.from, endedAt);
}

function stopped(
  { process }: Life,
  askedAt: number,
  end: NonNullable<Life["end"]>,
  within: number,
): readonly Violation[] {
  const took = Math.round(end.at - askedAt);
  if (took > within) {
    return [
      { rule: "stops in time", detail: `${process} took ${took} ms to stop; ${within} ms is the bound` },
    ];
  }
  // 143: asked twice.
  if (end.how === 0 || end.how === 143) return [];
  // A poison task may have taken it while it drained.
  if (end.how === "SIGKILL") return [];
  return [{ rule: "stops cleanly", detail: `${process} ended with ${end.how}: ${end.words}` }];
}
