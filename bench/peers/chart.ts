// Horizontal bars as SVG, written by hand: one colour for ours, one for the others, readable on light and dark pages.

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  /** What the figure does not cover, behind it in a quieter colour. */
  readonly note: string;
  readonly min: number;
  readonly max: number;
  readonly isOurs: boolean;
}

const WIDTH = 860;
const LABEL = 220;
const VALUE = 250;
const ROW = 26;
const BAR = 16;
const HEAD = 40;

// An SVG in a page of its own follows the reader's system; both palettes keep a contrast of 4.5 or more on their ground.
const STYLE = `text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1f2328}
.title{font-weight:600;font-size:14px}.quiet{fill:#59636e}.ours{fill:#0969da}.peer{fill:#818b98}.range{stroke:#1f2328;stroke-width:1.5}.ground{fill:#fff}
@media (prefers-color-scheme:dark){text{fill:#f0f6fc}.quiet{fill:#9198a1}.ours{fill:#4493f8}.peer{fill:#656c76}.range{stroke:#f0f6fc}.ground{fill:#0d1117}}`;

/** Bars from zero, the spread of the rounds as a line across the end of each. */
export function barChart(title: string, unit: string, bars: readonly Bar[]): string {
  const height = HEAD + bars.length * ROW + 10;
  const room = WIDTH - LABEL - VALUE;
  const largest = Math.max(...bars.map(({ max }) => max), Number.MIN_VALUE);
  const at = (value: number) => round(LABEL + (room * value) / largest);
  const rows = bars.map(({ label, value, text, note, min, max, isOurs }, position) => {
    const top = HEAD + position * ROW;
    const middle = top + BAR / 2;
    const range = max > min ? `<path class="range" d="M${at(min)} ${middle}H${at(max)}"/>` : "";
    return `<text x="${LABEL - 10}" y="${top + 13}" text-anchor="end"${isOurs ? ' class="title"' : ""}>${quoted(label)}</text>
<rect class="${isOurs ? "ours" : "peer"}" x="${LABEL}" y="${top}" width="${round(Math.max(1, at(value) - LABEL))}" height="${BAR}" rx="2"/>${range}
<text x="${round(at(max) + 8)}" y="${top + 13}">${quoted(text)}<tspan class="quiet" dx="10">${quoted(note)}</tspan></text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${quoted(`${title}: ${bars.map(({ label, text, note }) => `${label} ${text} (${note})`).join(", ")}`)}">
<style>${STYLE}</style>
<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>
<text class="title" x="12" y="23">${quoted(title)}</text><text class="quiet" x="${WIDTH - 12}" y="23" text-anchor="end">${quoted(unit)}</text>
${rows.join("\n")}
</svg>
`;
}

const round = (value: number) => Math.round(value * 10) / 10;

function quoted(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
