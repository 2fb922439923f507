// Figures of integers and exact decimals beyond 2^53, where floating-point numbers would round.
import { z } from "zod";
import { formatExact, numberOrText, parseExact } from "./exact.js";
import type { Column } from "./parameters.js";
import type { Session } from "./session.js";
import { columnSql, type TableColumn } from "./table.js";

/** Has it values that a JavaScript number can't hold exactly? */
export function isWide({ scale, min, max }: TableColumn & Column): boolean {
  if (scale === undefined) return false;
  return [min, max].some((bound) => {
    if (bound === null) return false;
    if (typeof bound === "string") return true;
    return !Number.isSafeInteger(Math.round(bound * 10 ** scale));
  });
}

/** Sums of the parts above and below it don't overflow. */
const PART = 10n ** 18n;
/** Decimals that a mean has beyond those of its values. */
const MORE_DECIMALS = 6;
const MAX_SAFE = 2 ** 53;

const figures = z.object({
  high: z.string().nullable(),
  low: z.string().nullable(),
  std_dev: z.number().nullable(),
  ordered: z.array(z.string()).nullable(),
});

/** The column with mean, deviation and quartiles computed from its exact values. */
export async function exactFigures<Kind extends TableColumn & Column>(
  session: Session,
  column: Kind,
): Promise<Kind> {
  const { scale = 0, count, min } = column;
  // The neighbours between which a quartile is interpolated, by position: (n - 1) × k / 4, rounded down and up.
  const quarters = [1n, 2n, 3n].map((k) => BigInt(count - 1) * k);
  const positions = quarters.flatMap((quarter) => [quarter / 4n, (quarter + 3n) / 4n]);
  const value = wideSql(column);
  const distance = `(${value} - (${min}))::DOUBLE`;
  const units = `replace(${columnSql(column)}::VARCHAR, '.', '')::HUGEINT`;
  const shares = positions.map((position) => (Number(position) + 0.5) / count).join(", ");
  const found = await session.json(
    `SELECT to_json({'high': sum(${units} // ${PART})::VARCHAR, 'low': sum(${units} % ${PART})::VARCHAR,
       'std_dev': stddev_samp(${distance}),
       'ordered': quantile_disc(${value}, [${shares}])::VARCHAR[]}) FROM data`,
    figures,
  );
  const [q25, median, q75] = quarters.map((quarter, at) => {
    const [below, above] = [found.ordered?.[2 * at], found.ordered?.[2 * at + 1]];
    if (below === undefined || above === undefined) return null;
    const share = quarter % 4n;
    const [a, b] = [parseExact(below, scale).units, parseExact(above, scale).units];
    // A quarter has two decimals more.
    const units = ((4n - share) * a + share * b) * 25n;
    return numberOrText(formatExact({ units, scale: scale + 2 }));
  });
  const sum = BigInt(found.high ?? 0) * PART + BigInt(found.low ?? 0);
  return { ...column, mean: meanOf(sum, BigInt(count), scale), std_dev: found.std_dev, q25, median, q75 };
}

/** As a number where that is exact enough, otherwise rounded half away from zero. */
function meanOf(sum: bigint, count: bigint, scale: number): number | string {
  const decimals = scale + MORE_DECIMALS;
  const scaled = 2n * sum * 10n ** BigInt(MORE_DECIMALS);
  const units = (scaled + (sum < 0n ? -count : count)) / (2n * count);
  const mean = formatExact({ units, scale: decimals });
  if (Math.abs(Number(mean)) >= MAX_SAFE) return numberOrText(mean);
  return Number(formatExact({ units: (sum * 10n ** 20n) / count, scale: scale + 20 }));
}

/** The column as numbers whose differences don't overflow. */
export function wideSql(column: TableColumn): string {
  return column.type === "integer" ? `${columnSql(column)}::HUGEINT` : columnSql(column);
}
