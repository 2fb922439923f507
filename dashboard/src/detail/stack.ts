// A stack trace as frames, grouped by where they come from.

export interface Frame {
  /** The function. */
  readonly at: string;
  /** File, line and column. */
  readonly where: string;
}

export interface FrameGroup {
  /** The package, or Node's module; undefined for the program's own code. */
  readonly origin: string | undefined;
  readonly frames: readonly Frame[];
}

const FRAME = /^\s*at (?:(.+?) \((.+)\)|(.+))$/;

/** Frames in their order; neighbours of one origin together. Empty where the text has none. */
export function parseStack(stack: string): readonly FrameGroup[] {
  const groups: { origin: string | undefined; frames: Frame[] }[] = [];
  for (const line of stack.split("\n")) {
    const match = FRAME.exec(line);
    if (!match) continue;
    const where = (match[2] ?? match[3] ?? "").replace(/^file:\/\//, "");
    const origin = originOf(where);
    const frame = { at: match[1] ?? "(top level)", where };
    const last = groups.at(-1);
    if (last && last.origin === origin) last.frames.push(frame);
    else groups.push({ origin, frames: [frame] });
  }
  return groups;
}

function originOf(where: string): string | undefined {
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(where);
  if (inPackage) return inPackage[1];
  const inNode = /^(node:[\w/]+)/.exec(where);
  return inNode?.[1];
}
