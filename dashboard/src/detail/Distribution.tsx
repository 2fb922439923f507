// Small charts of value distributions: a histogram for numbers, a stacked bar for the most common texts.
import { formatNumber, formatShort } from "../lib/format.js";
import type { Bin, Share } from "./shape.js";

const WIDTH = 96;
const HEIGHT = 24;

/** The dark bar contains the median. */
export function Histogram({
  bins,
  median,
}: {
  readonly bins: readonly Bin[];
  readonly median: number | undefined;
}) {
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const step = WIDTH / bins.length;
  const holds = (bin: Bin, last: boolean) =>
    median !== undefined && median >= bin.from && (median < bin.to || (last && median <= bin.to));
  return (
    <svg
      className="hist"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label="Histogram"
    >
      {bins.map((bin, index) => {
        const height = bin.count === 0 ? 0 : Math.max(1, (bin.count / most) * (HEIGHT - 1));
        return (
          <rect
            key={bin.from}
            className={holds(bin, index === bins.length - 1) ? "mid" : undefined}
            x={index * step}
            y={HEIGHT - height}
            width={Math.max(1, step - 1)}
            height={height}
          >
            <title>{`${formatShort(bin.from)} to ${formatShort(bin.to)}: ${formatNumber(bin.count)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}

export function Shares({
  shares,
  of,
}: {
  readonly shares: readonly Share[];
  readonly of: number | undefined;
}) {
  const named = shares.reduce((total, share) => total + share.count, 0);
  const total = Math.max(1, of ?? named, named);
  const percent = (count: number) => Math.round((100 * count) / total);
  const drawn = shares.slice(0, 3);
  const rest = total - drawn.reduce((sum, share) => sum + share.count, 0);
  return (
    <span
      className="share"
      title={shares.map((share) => `${share.value}: ${formatNumber(share.count)}`).join("\n")}
    >
      <span>
        {[...drawn.map((share) => share.count), rest].map((count, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a part is identified by its position.
          <i key={index} style={{ "--n": count / total }} />
        ))}
      </span>
      <small className="clip">
        {shares
          .slice(0, 2)
          .map((share) => `${share.value} ${percent(share.count)} %`)
          .join(", ")}
      </small>
    </span>
  );
}
