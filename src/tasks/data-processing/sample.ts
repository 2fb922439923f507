// Generates the sample that stands in for a file: orders of a shop, the same ones every time.
import type { Session } from "./session.js";

export const SAMPLE_COLUMNS = 8;

/** Numbers from 0 to 1 that look random and depend on the row only; `salt` makes independent ones. */
const uniform = (salt: number) => `((hash(id * 16 + ${salt}) % 1000003) + 0.5) / 1000004.0`;

/** One of the values, evenly. */
const one = (salt: number, values: readonly string[]) =>
  `list_extract([${values.map((value) => `'${value}'`).join(", ")}], 1 + floor(${uniform(salt)} * ${values.length})::INT)`;

// The amount is log-normal, the rating normal around 3.6 (Box and Muller, 1958); one rating in twelve is missing.
const normal = (salt: number) => `sqrt(-2 * ln(${uniform(salt)})) * cos(2 * pi() * (${uniform(salt + 1)}))`;

const SELECT = `
  SELECT id AS order_id,
    'customer ' || (1 + floor(pow(${uniform(0)}, 2) * 5000)::INT) AS customer,
    ${one(1, ["north", "south", "east", "west"])} AS region,
    round(exp(3.5 + 0.8 * ${normal(2)}), 2) AS amount,
    1 + floor(pow(${uniform(4)}, 3) * 12)::INT AS quantity,
    CASE WHEN ${uniform(5)} > 1 / 12.0
      THEN round(least(5, greatest(1, 3.6 + 0.9 * ${normal(6)})), 1) END AS rating,
    DATE '2025-01-01' + floor(${uniform(8)} * 365)::INT AS ordered_on,
    ${uniform(9)} < 0.07 AS returned`;

/** Makes the table `data`, empty. */
export async function createSample(session: Session): Promise<void> {
  await session.run(`CREATE TABLE data AS ${SELECT} FROM (SELECT 0::BIGINT AS id) LIMIT 0`);
}

/** Adds the rows from `from` up to, not including, `to`. */
export async function generateRows(session: Session, from: number, to: number): Promise<void> {
  if (to > from) {
    await session.run(`INSERT INTO data ${SELECT} FROM (SELECT range + 1 AS id FROM range(${from}, ${to}))`);
  }
}
