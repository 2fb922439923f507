// Parses a stack trace into frames, grouped by whether they belong to the task's own code.

export interface Frame {
  /** The function. */
  readonly at: string;
  /** File, line and column. */
  readonly where: string;
}

export interface FrameGroup {
  /** True for the task's own code: not a package, Node, or Taskwright. */
  readonly isOwn: boolean;
  readonly frames: readonly Frame[];
}

/** Packages, Node, and Taskwright itself. */
const FOREIGN = /[/\\]node_modules[/\\]|^node:|^<anonymous>|[/\\]dist[/\\](?:worker|task|app|queue|lib)[/\\]/;
const FRAME = /^\s*at (?:(.+?) \((.+)\)|(.+))$/;

/** Frames in order, adjacent frames of one kind grouped. Empty if the text contains none. */
export function parseStack(stack: string): readonly FrameGroup[] {
  const groups: { isOwn: boolean; frames: Frame[] }[] = [];
  for (const line of stack.split("\n")) {
    const match = FRAME.exec(line);
    if (!match) continue;
    const where = (match[2] ?? match[3] ?? "").replace(/^file:\/\//, "");
    const isOwn = !FOREIGN.test(where);
    const frame = { at: match[1] ?? "(top level)", where };
    const last = groups.at(-1);
    if (last && last.isOwn === isOwn) last.frames.push(frame);
    else groups.push({ isOwn, frames: [frame] });
  }
  return groups;
}
