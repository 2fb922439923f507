// The schema is what the golden file says: to change it, add a migration.
import { beforeAll, test } from "vitest";
import { matchesGolden } from "../support/golden.js";
import { freshSchema, openStore, runSql, startTestServer } from "./postgres-support.js";

beforeAll(startTestServer, 60_000);

const COLUMNS = `
SELECT c.relname AS name, string_agg(format('%s %s%s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN l.collname = 'C' THEN ' COLLATE "C"' END, CASE WHEN a.attnotnull THEN ' NOT NULL' END,
    ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid),
    CASE WHEN a.attidentity <> '' THEN ' GENERATED ALWAYS AS IDENTITY' END), E'\\n  ' ORDER BY a.attnum) AS columns,
  array_to_string(c.reloptions, ', ') AS options
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_collation l ON l.oid = a.attcollation
WHERE c.relkind = 'r' AND c.relnamespace = to_regnamespace('SCHEMA') GROUP BY c.oid, c.relname, c.reloptions ORDER BY c.relname`;

const INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'SCHEMA' ORDER BY tablename, indexname";

test("the schema is the golden one", async () => {
  const schema = freshSchema();
  await openStore({ schema });
  const ask = async <Row extends object>(sql: string) => runSql<Row>(sql.replace("SCHEMA", schema));
  const tables = await ask<{ name: string; columns: string; options: string | null }>(COLUMNS);
  const indexes = await ask<{ indexdef: string }>(INDEXES);
  const lines = [
    ...tables.map(({ name, columns, options }) => `${name} (${options ?? ""})\n  ${columns}\n`),
    ...indexes.map(({ indexdef }) => indexdef.replaceAll(`${schema}.`, "")),
  ];
  await matchesGolden(new URL("./golden/postgres-schema.txt", import.meta.url), `${lines.join("\n")}\n`);
});
