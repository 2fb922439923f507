// Looks at a Parquet file before it is unpacked: a few kilobytes can hold gigabytes.
import { z } from "zod";
import { Discard } from "../../index.js";
import { SCRATCH_BYTES, type Session } from "./session.js";
import { identifier, text } from "./sql.js";

/** Rows whose texts are measured first. */
const SAMPLED = 1000;

/**
 * Throws Discard where the chosen columns, unpacked, need more than the scratch space. What the footer says counts, and
 * for what repeats within the file, which the footer counts once, the rows themselves: some of them, or all where those
 * look too big.
 */
export async function checkUnpackedSize(
  session: Session,
  file: { readonly name: string; readonly path: string },
  chosen: readonly string[] | undefined,
): Promise<void> {
  const place = text(file.path);
  const footer = await session.json(
    `SELECT to_json({bytes: coalesce(sum(total_uncompressed_size), 0)::DOUBLE,
       rows: coalesce((SELECT sum(num_rows) FROM parquet_file_metadata(${place})), 0)::DOUBLE})
     FROM parquet_metadata(${place})`,
    z.object({ bytes: z.number(), rows: z.number() }),
  );
  if (chosen === undefined) refuseOver(file.name, footer.bytes);
  const columns = await session.json(
    `SELECT to_json(coalesce(list(column_name), [])) FROM (DESCRIBE SELECT * FROM read_parquet(${place}))`,
    z.array(z.string()),
  );
  const measured = columns.filter((name) => chosen?.includes(name) ?? true);
  if (measured.length === 0) return;
  const width = measured.map((name) => `coalesce(strlen(${identifier(name)}::VARCHAR), 0)`).join(" + ");
  const rows = `SELECT ${width} AS width FROM read_parquet(${place})`;
  const average = await session.json(
    `SELECT to_json(coalesce(avg(width), 0)::DOUBLE) FROM (${rows} LIMIT ${SAMPLED})`,
    z.number(),
  );
  if (average * footer.rows <= SCRATCH_BYTES) return;
  const all = await session.json(
    `SELECT to_json(coalesce(sum(width), 0)::DOUBLE) FROM (${rows})`,
    z.number(),
  );
  refuseOver(file.name, all);
}

function refuseOver(name: string, bytes: number): void {
  if (bytes <= SCRATCH_BYTES) return;
  const gigabytes = (size: number) => Math.ceil((size / 1024 ** 3) * 10) / 10;
  throw new Discard(
    `${name} holds ${gigabytes(bytes)} GB when unpacked; the limit is ${gigabytes(SCRATCH_BYTES)} GB. Split the ` +
      "file, or analyse fewer columns",
  );
}
