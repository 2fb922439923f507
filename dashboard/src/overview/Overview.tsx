// Key figures and a chart of the last hour.
import { useQuery } from "@tanstack/react-query";
import { statsQuery, workersQuery } from "../data/queries.js";
import { slotsOf } from "../data/workers.js";
import { useNow } from "../lib/clock.js";
import { formatMinute, formatNumber, formatShort, formatTook, plural } from "../lib/format.js";
import { toHour } from "./hour.js";
import { HourFigure } from "./Pulse.js";

export function Overview() {
  const { data: stats } = useQuery(statsQuery);
  const { data: workers = [] } = useQuery(workersQuery);
  const now = useNow();
  // Placeholder data keeps the height of the strip, so that nothing below it shifts.
  const hour = toHour(stats ?? { to: new Date(now).toISOString(), timeline: [] });
  const ended = hour.succeeded + hour.failed;
  const slots = slotsOf(workers, now);
  const wait = hour.meanWait === undefined ? undefined : split(formatTook(hour.meanWait));
  return (
    <section className="overview" aria-label="The last hour">
      <dl className="stats">
        <Stat
          name="Throughput"
          value={formatShort(hour.perMinute)}
          unit="/min"
          sub={
            hour.peak
              ? `peak ${formatNumber(hour.peak.finished)} at ${formatMinute(hour.peak.at)}`
              : "none in the last hour"
          }
        />
        <Stat
          name="Mean wait"
          value={wait?.value ?? "–"}
          unit={wait?.unit}
          sub={hour.meanRun === undefined ? "none finished" : `mean run ${formatTook(hour.meanRun)}`}
        />
        <Stat
          name="Failed"
          value={ended === 0 ? "–" : formatShort(Math.round((1000 * hour.failed) / ended) / 10)}
          unit={ended === 0 ? undefined : "%"}
          sub={`${formatNumber(hour.failed)} of ${formatNumber(ended)}`}
        />
        <Stat
          name="Running"
          value={formatNumber(slots.used)}
          unit={`of ${formatNumber(slots.all)}`}
          sub={
            slots.silent > 0
              ? `${plural(slots.silent, "worker")} without heartbeat`
              : slots.workers === 0
                ? "no worker"
                : `on ${plural(slots.workers, "worker")}`
          }
        />
      </dl>
      <HourFigure hour={hour} />
    </section>
  );
}

interface StatProps {
  readonly name: string;
  readonly value: string;
  readonly unit: string | undefined;
  readonly sub: string;
}

function Stat({ name, value, unit, sub }: StatProps) {
  return (
    <div className="stat">
      <dt>{name}</dt>
      {/* A new number is a new element, so the unit does not shift. */}
      <dd key={`${value} ${unit}`}>
        {value} <small>{unit}</small>
      </dd>
      <dd className="sub">{sub}</dd>
    </div>
  );
}

/** Splits "1.8 s" into number and unit. */
function split(text: string): { value: string; unit: string } {
  const [value = text, ...unit] = text.split(" ");
  return { value, unit: unit.join(" ") };
}
