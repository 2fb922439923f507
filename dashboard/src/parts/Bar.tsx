// Horizontal bars: progress in the colour of its status, or usage in ink.
import { fill } from "./Glyph.js";

export function ProgressBar({
  percent,
  label = "Progress",
}: {
  readonly percent: number;
  readonly label?: string;
}) {
  return (
    <span
      className="bar"
      role="progressbar"
      aria-valuenow={Math.round(percent)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-label={label}
      style={fill(percent)}
    >
      <i />
    </span>
  );
}

/** Usage such as the slots of a worker. */
export function UseBar({ used, of }: { readonly used: number; readonly of: number }) {
  return (
    <div className="use">
      <span className="bar" style={fill(of === 0 ? 0 : Math.min(100, (100 * used) / of))}>
        <i />
      </span>
      <span>
        {used} of {of}
      </span>
    </div>
  );
}
