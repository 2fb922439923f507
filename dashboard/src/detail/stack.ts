// A stack trace as frames, grouped by whose they are.

export interface Frame {
  /** The function. */
  readonly at: string;
  /** File, line and column. */
  readonly where: string;
}

export interface FrameGroup {
  /** Of the code that does the work: neither a package, nor Node, nor what runs tasks. */
  readonly isOwn: boolean;
  readonly frames: readonly Frame[];
}

/** Packages, Node, and the parts of Taskwright that call a task. */
const FOREIGN = /[/\\]node_modules[/\\]|^node:|^<anonymous>|[/\\]dist[/\\](?:worker|task|app|queue|lib)[/\\]/;
const FRAME = /^\s*at (?:(.+?) \((.+)\)|(.+))$/;

/** Frames in their order; neighbours of one kind together. Empty where the text has none. */
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
