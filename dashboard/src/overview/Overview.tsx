// Four numbers and an hour: is it healthy?
import { useQuery } from "@tanstack/react-query";
import { statsQuery, workersQuery } from "../data/queries.js";
import { useNow } from "../lib/clock.js";
import { formatMinute, formatNumber, formatShort, formatTook, plural } from "../lib/format.js";
import { toHour } from "./hour.js";
import { HourFigure } from "./Pulse.js";

export function Overview() {
  const { data: stats } = useQuery(statsQuery);
  const { data: workers = [] } = useQuery(workersQuery);
  const now = useNow();
  // Until the numbers are there the strip is as high as with them: nothing below it moves.
  const hour = toHour(stats ?? { to: new Date(now).toISOString(), timeline: [] });
  const ended = hour.succeeded + hour.failed;
  const slots = workers.reduce((total, worker) => total + worker.slots, 0);
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
              : "none this hour"
          }
        />
        <Stat
          name="Wait, mean"
          value={wait?.value ?? "–"}
          unit={wait?.unit}
          sub={hour.meanRun === undefined ? "none finished" : `ran ${formatTook(hour.meanRun)}`}
        />
        <Stat
          name="Failed"
          value={ended === 0 ? "–" : formatShort(Math.round((1000 * hour.failed) / ended) / 10)}
          unit={ended === 0 ? undefined : "%"}
          sub={`${formatNumber(hour.failed)} of ${formatNumber(ended)}`}
        />
        <Stat
          name="Running"
          value={stats ? formatNumber(stats.counts.RUNNING) : "–"}
          unit={`of ${formatNumber(slots)}`}
          sub={workers.length === 0 ? "no worker" : `on ${plural(workers.length, "worker")}`}
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
      {/* Another number is another element: a unit is not pushed aside. */}
      <dd key={`${value} ${unit}`}>
        {value} <small>{unit}</small>
      </dd>
      <dd className="sub">{sub}</dd>
    </div>
  );
}

/** "1.8 s" → its number and its unit. */
function split(text: string): { value: string; unit: string } {
  const [value = text, ...unit] = text.split(" ");
  return { value, unit: unit.join(" ") };
}
