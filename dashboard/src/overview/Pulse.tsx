// A bar chart of the last hour by minute: successes above the axis, failures hatched below it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ComponentProps, type CSSProperties, useState } from "react";
import { statsQuery } from "../data/queries.js";
import { formatCount, formatMinute, formatNumber } from "../lib/format.js";
import { lazily } from "../parts/lazily.js";
import type { HourTable } from "./HourTable.js";
import { type Hour, type Minute, toHour } from "./hour.js";

/** Bar heights in percent; failures get a minimum height so that they stay visible. */
function heights(minute: Minute, hour: Hour): CSSProperties {
  return {
    "--ok": hour.mostSucceeded === 0 ? 0 : (100 * minute.succeeded) / hour.mostSucceeded,
    ...(minute.failed > 0 && { "--bad": Math.max(25, (100 * minute.failed) / hour.mostFailed) }),
  };
}

function describe(minute: Minute): string {
  return `${formatMinute(minute.at)}: ${formatNumber(minute.succeeded)} succeeded, ${formatNumber(minute.failed)} failed`;
}

/** The small chart in the header of pages without the overview. */
export function SmallPulse() {
  const { data: hour } = useQuery({ ...statsQuery, select: toHour });
  if (!hour || hour.succeeded + hour.failed === 0) return null;
  return (
    <Link
      className="pulse hide-s"
      to="/tasks"
      aria-label={`Last 60 minutes: ${formatNumber(hour.succeeded)} succeeded, ${formatNumber(hour.failed)} failed`}
    >
      {hour.minutes.map((minute, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars keep their position while the hour moves through them.
        <i key={place} style={heights(minute, hour)} />
      ))}
    </Link>
  );
}

export const hourTable = lazily<ComponentProps<typeof HourTable>>();

export function HourFigure({ hour }: { readonly hour: Hour }) {
  const [asTable, setAsTable] = useState(false);
  const axis = [0, 15, 30, 45, 59].map((index) => hour.minutes[index]);
  return (
    <figure
      className="pulse-figure"
      aria-label={`Last 60 minutes: ${formatNumber(hour.succeeded)} succeeded, ${formatNumber(hour.failed)} failed`}
    >
      <figcaption className="pulse-head">
        <span className="strong">Last 60 minutes</span>
        <span className="key">
          <i />
          success
        </span>
        <span className="key bad">
          <i />
          failed, own scale
        </span>
        <button type="button" className="as-link as-table" onClick={() => setAsTable(true)}>
          as table
        </button>
      </figcaption>
      <div className="pulse-plot">
        <div className="pulse" aria-hidden="true">
          {hour.minutes.map((minute, index) => (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: bars keep their position while the hour moves through them.
              key={index}
              title={describe(minute)}
              className={`${index === hour.minutes.length - 1 ? "now" : ""} ${minute.failed > 0 ? "has-bad" : ""}`}
              style={heights(minute, hour)}
            />
          ))}
        </div>
        <div className="pulse-y" aria-hidden="true">
          <span key={`up ${hour.mostSucceeded}`}>
            {hour.mostSucceeded > 0 && formatCount(hour.mostSucceeded)}
          </span>
          <span key={`down ${hour.mostFailed}`}>{hour.mostFailed > 0 && formatCount(hour.mostFailed)}</span>
        </div>
        <div className="pulse-x" aria-hidden="true">
          {axis.map((minute) => minute && <span key={minute.at}>{formatMinute(minute.at)}</span>)}
        </div>
      </div>
      {asTable && <hourTable.Component hour={hour} onClose={() => setAsTable(false)} />}
    </figure>
  );
}
