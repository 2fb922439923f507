// Fills a PostgreSQL schema with waiting and finished tasks, past the store: a million through its verbs takes minutes.
import { NOOP } from "./fill.js";
import type { MeasuredServer } from "./postgres-server.js";

/** `ahead`: how far the ids' dates are from now, in milliseconds. What is older comes first. */
const idOf = (ahead: number) =>
  `(lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint + ${ahead}), 12, '0') || '70008000' || lpad(to_hex(i), 12, '0'))::uuid`;

const TASKS = (schema: string, count: number, ahead: number) => `
INSERT INTO ${schema}.task (id, queue, task_type, priority, max_attempts, created_at, timeout, parameters)
SELECT ${idOf(ahead)}, 'default', '${NOOP}', 0, 3, (extract(epoch FROM now()) * 1000)::bigint, 900000, '{"rows":1000}'
FROM generate_series(1, ${count}) i ORDER BY 1`;

/** Waiting tasks of the one lane, in order. `ahead` above 0 lets them wait behind what is submitted now. */
export async function addWaiting(
  server: MeasuredServer,
  schema: string,
  count: number,
  ahead = 0,
): Promise<void> {
  await server.sql(`
    ${TASKS(schema, count, ahead)};
    INSERT INTO ${schema}.ready (id, queue, task_type, rank, traits)
    SELECT ${idOf(ahead)}, 'default', '${NOOP}', 0, 0 FROM generate_series(1, ${count}) i;
    INSERT INTO ${schema}.tally (at, queue, task_type, pending, created) VALUES (0, 'default', '${NOOP}', ${count}, ${count});
    INSERT INTO ${schema}.queue (name, created_at) VALUES ('default', 0) ON CONFLICT DO NOTHING;
    INSERT INTO ${schema}.lane (queue, task_type) VALUES ('default', '${NOOP}') ON CONFLICT DO NOTHING`);
}

/** Tasks that succeeded a day ago. */
export async function addHistory(server: MeasuredServer, schema: string, count: number): Promise<void> {
  const ago = -86_400_000;
  await server.sql(`
    ${TASKS(schema, count, ago)};
    INSERT INTO ${schema}.done (id, queue, task_type, status, fence, worker, attempt, crashes, started_at, completed_at, progress)
    SELECT ${idOf(ago)}, 'default', '${NOOP}', 'SUCCESS', 0, 'bench', 1, 0, m.now, m.now, 100
    FROM generate_series(1, ${count}) i, (SELECT (extract(epoch FROM now()) * 1000)::bigint + ${ago} AS now) m`);
}
