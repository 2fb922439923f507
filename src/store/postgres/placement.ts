// Where a task waits: ready for a worker, or scheduled for later. The only place that decides it, as parts of the statements
// that move tasks in and out; each is one or two of their CTEs.

/** Puts rows of `source` (id, queue, task_type, rank, traits) where workers claim them. `where` narrows them down. */
export const placeReady = (source: string, where = "") => `
  INSERT INTO taskwright.ready (id, queue, task_type, rank, traits)
  SELECT id, queue, task_type, rank, traits FROM ${source} ${where}`;

/**
 * Puts rows of `source` (as above, and run_at, now) where they wait: those whose time has come for a worker, the others
 * until then. `waitingFor` is "time" or "retry".
 */
export const place = (source: string, waitingFor: "time" | "retry") => `
placed_ready AS (${placeReady(source, "WHERE run_at IS NULL OR run_at <= now")}
),
placed_scheduled AS (
  INSERT INTO taskwright.scheduled (id, run_at, queue, task_type, rank, traits, waiting_for)
  SELECT id, run_at, queue, task_type, rank, traits, '${waitingFor}' FROM ${source} WHERE run_at > now
)`;

/**
 * Takes tasks out of where they were seen to wait: rows of `source` (id, queue, task_type, rank, and run_at where they are
 * scheduled), each by primary key. `left_ready` and `left_scheduled` are those that still waited there.
 */
export const leave = (source: string) => `
left_ready AS (
  DELETE FROM taskwright.ready y USING ${source} s
  WHERE s.run_at IS NULL AND y.queue = s.queue AND y.task_type = s.task_type AND y.rank = s.rank AND y.id = s.id
  RETURNING y.id, y.queue, y.task_type, y.traits
),
left_scheduled AS (
  DELETE FROM taskwright.scheduled y USING ${source} s WHERE y.run_at = s.run_at AND y.id = s.id
  RETURNING y.id, y.queue, y.task_type, y.traits
)`;
