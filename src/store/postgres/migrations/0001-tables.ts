// The first schema: where tasks lie, their parts, and the counts. No foreign keys and no triggers on hot tables.
import type { Migration } from "../../migration.js";

// A hot table's rows live for moments: vacuum by their number, not by the size of the table, and without pauses.
const HOT = `autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000`;

export const tables: Migration = {
  version: 1,
  reason: "A new database needs its tables.",
  sql: `
-- Instants and lengths of time are milliseconds, as everywhere in the contract. Text that is compared is compared by
-- bytes (COLLATE "C"): faster, and the same on every machine.

-- Cold: written at submit, and editable until the first start.
CREATE TABLE taskwright.task (
  id uuid PRIMARY KEY,
  queue text COLLATE "C" NOT NULL,
  task_type text COLLATE "C" NOT NULL,
  priority smallint NOT NULL,
  max_attempts smallint NOT NULL,
  created_at bigint NOT NULL,
  run_at bigint,
  timeout bigint NOT NULL,
  retry_of uuid,
  replay_key text,
  -- What no SQL looks at, as one JSON text.
  options text,
  parameters text NOT NULL
);
CREATE INDEX task_by_retry_of ON taskwright.task (retry_of, id) WHERE retry_of IS NOT NULL;

-- Cold: written once at the end. It repeats queue and task_type for its indexes and lists.
CREATE TABLE taskwright.done (
  id uuid PRIMARY KEY,
  queue text COLLATE "C" NOT NULL,
  task_type text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  fence bigint NOT NULL,
  worker text,
  attempt integer NOT NULL,
  crashes integer NOT NULL,
  started_at bigint,
  completed_at bigint NOT NULL,
  cancel_requested_at bigint,
  progress double precision NOT NULL,
  progress_message text,
  stages text,
  error text,
  result_data text,
  -- Why a task was cancelled.
  reason text COLLATE "C"
);
CREATE INDEX done_by_lane ON taskwright.done (queue, task_type, status, id);
CREATE INDEX done_unsuccessful ON taskwright.done (status, id) WHERE status IN ('FAILED', 'CANCELLED');
CREATE INDEX done_unsuccessful_by_end ON taskwright.done (completed_at, id) WHERE status IN ('FAILED', 'CANCELLED');

-- Hot: the key is the order of a claim. rank: rank.ts; traits: traits.ts. Columns of fixed length first: no padding.
CREATE TABLE taskwright.ready (
  id uuid NOT NULL,
  rank bigint NOT NULL,
  traits smallint NOT NULL,
  queue text COLLATE "C" NOT NULL,
  task_type text COLLATE "C" NOT NULL,
  PRIMARY KEY (queue, task_type, rank, id)
) WITH (${HOT});

-- Lanes with an order of their own within a priority: their rows are found by id here. Others have none in it.
CREATE INDEX ready_ordered ON taskwright.ready (queue, task_type, id) WHERE (rank & 17592186044415) <> 0;

CREATE TABLE taskwright.scheduled (
  id uuid NOT NULL,
  run_at bigint NOT NULL,
  rank bigint NOT NULL,
  traits smallint NOT NULL,
  queue text COLLATE "C" NOT NULL,
  task_type text COLLATE "C" NOT NULL,
  waiting_for text COLLATE "C" NOT NULL,
  PRIMARY KEY (run_at, id)
);
CREATE UNIQUE INDEX scheduled_by_type ON taskwright.scheduled (task_type, id);

-- Progress is updated in place, in the room that fillfactor leaves.
CREATE TABLE taskwright.running (
  id uuid PRIMARY KEY,
  fence bigint NOT NULL,
  worker text COLLATE "C" NOT NULL,
  queue text COLLATE "C" NOT NULL,
  task_type text COLLATE "C" NOT NULL,
  attempt integer NOT NULL,
  crashes integer NOT NULL,
  traits smallint NOT NULL,
  ready_at bigint NOT NULL,
  started_at bigint NOT NULL,
  cancel_requested_at bigint,
  cancel_reason text COLLATE "C",
  progress double precision NOT NULL DEFAULT 0,
  progress_message text,
  stages text
) WITH (fillfactor = 70, ${HOT});

-- Grows with every claim and take-over, and never comes back.
CREATE SEQUENCE taskwright.fence;

-- By when a task must have started; only for tasks with that trait, and only until they start.
CREATE TABLE taskwright.deadline (
  at bigint NOT NULL,
  id uuid NOT NULL,
  PRIMARY KEY (at, id)
);
CREATE UNIQUE INDEX deadline_by_task ON taskwright.deadline (id);

-- What a task that ran and did not finish brings to its next attempt; a first attempt never touches it.
CREATE TABLE taskwright.carry (
  id uuid PRIMARY KEY,
  attempt integer NOT NULL,
  crashes integer NOT NULL,
  fence bigint NOT NULL,
  started_at bigint,
  checkpoint text
);

-- Numbered apart from attempts, because those may be refunded and come again.
CREATE TABLE taskwright.attempt (
  task_id uuid NOT NULL,
  seq integer NOT NULL,
  attempt integer NOT NULL,
  worker text NOT NULL,
  started_at bigint NOT NULL,
  ended_at bigint NOT NULL,
  outcome text NOT NULL,
  error text,
  stages text,
  PRIMARY KEY (task_id, seq)
);

CREATE TABLE taskwright.log (
  task_id uuid NOT NULL,
  seq integer NOT NULL,
  attempt integer NOT NULL,
  at bigint NOT NULL,
  level text NOT NULL,
  message text NOT NULL,
  fields text,
  PRIMARY KEY (task_id, seq)
);

CREATE TABLE taskwright.artifact (
  id uuid PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  task_id uuid NOT NULL,
  attempt integer NOT NULL,
  created_at bigint NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL,
  size_bytes bigint NOT NULL,
  sha256 text NOT NULL
);
CREATE INDEX artifact_by_task ON taskwright.artifact (task_id, seq);

-- state: begun, complete or ended.
CREATE TABLE taskwright.file (
  id uuid PRIMARY KEY,
  state text COLLATE "C" NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL,
  size_bytes bigint NOT NULL,
  sha256 text NOT NULL,
  created_at bigint NOT NULL
);
CREATE INDEX file_by_state ON taskwright.file (state, created_at);

CREATE TABLE taskwright.file_use (
  task_id uuid NOT NULL,
  file_id uuid NOT NULL,
  PRIMARY KEY (task_id, file_id)
);
CREATE INDEX file_use_by_file ON taskwright.file_use (file_id);

-- The tags of each task that has any, to find it by.
CREATE TABLE taskwright.tag (task_id uuid NOT NULL, tag text COLLATE "C" NOT NULL, PRIMARY KEY (tag, task_id));
CREATE INDEX tag_by_task ON taskwright.tag (task_id);

CREATE TABLE taskwright.replay (
  key text COLLATE "C" PRIMARY KEY,
  id uuid NOT NULL,
  digest text NOT NULL
);

CREATE TABLE taskwright.queue (
  name text COLLATE "C" PRIMARY KEY,
  created_at bigint NOT NULL
);

-- Every lane that ever had a task, so that a claim knows where to look.
CREATE TABLE taskwright.lane (
  queue text COLLATE "C" NOT NULL, task_type text COLLATE "C" NOT NULL, PRIMARY KEY (queue, task_type)
);

-- What one transaction changed in a lane's counts, and in which minute. Only added to, so that no commit waits for
-- another one; folded into total and minute later.
CREATE TABLE taskwright.tally (
  at bigint NOT NULL,
  queue text COLLATE "C" NOT NULL,
  task_type text COLLATE "C" NOT NULL,
  pending integer NOT NULL DEFAULT 0,
  running integer NOT NULL DEFAULT 0,
  success integer NOT NULL DEFAULT 0,
  failed integer NOT NULL DEFAULT 0,
  cancelled integer NOT NULL DEFAULT 0,
  created integer NOT NULL DEFAULT 0,
  ended_success integer NOT NULL DEFAULT 0,
  ended_failed integer NOT NULL DEFAULT 0,
  ended_cancelled integer NOT NULL DEFAULT 0,
  retried integer NOT NULL DEFAULT 0,
  wait_millis bigint NOT NULL DEFAULT 0,
  run_millis bigint NOT NULL DEFAULT 0
) WITH (${HOT});

-- Tasks by status now, per lane.
CREATE TABLE taskwright.total (
  queue text COLLATE "C" NOT NULL,
  task_type text COLLATE "C" NOT NULL,
  pending bigint NOT NULL,
  running bigint NOT NULL,
  success bigint NOT NULL,
  failed bigint NOT NULL,
  cancelled bigint NOT NULL,
  PRIMARY KEY (queue, task_type)
) WITH (fillfactor = 50);

-- What happened within a minute, per lane.
CREATE TABLE taskwright.minute (
  at bigint NOT NULL,
  queue text COLLATE "C" NOT NULL,
  task_type text COLLATE "C" NOT NULL,
  created bigint NOT NULL,
  succeeded bigint NOT NULL,
  failed bigint NOT NULL,
  cancelled bigint NOT NULL,
  retried bigint NOT NULL,
  wait_millis bigint NOT NULL,
  run_millis bigint NOT NULL,
  PRIMARY KEY (at, queue, task_type)
) WITH (fillfactor = 70);

-- Small things that people edit. value is JSON.
CREATE TABLE taskwright.record (
  kind text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  value text NOT NULL,
  due_at bigint,
  expires_at bigint,
  PRIMARY KEY (kind, key)
);
CREATE INDEX record_due ON taskwright.record (kind, due_at, key) WHERE due_at IS NOT NULL;
CREATE INDEX record_expiry ON taskwright.record (expires_at) WHERE expires_at IS NOT NULL;

-- What is only appended: ledgers and the audit trail.
CREATE TABLE taskwright.record_entry (
  kind text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  at bigint NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (kind, key, seq)
);
CREATE INDEX record_entry_by_time ON taskwright.record_entry (kind, at);

-- Workers that have not retired. state is a WorkerState as JSON.
CREATE TABLE taskwright.worker (
  id text COLLATE "C" PRIMARY KEY,
  heartbeat_at bigint NOT NULL,
  lease_until bigint NOT NULL,
  state text NOT NULL
) WITH (fillfactor = 50);

-- One row for each write of a file. Without a size it is half written, or half removed: it is not read, and swept.
CREATE TABLE taskwright.blob (
  key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL,
  chunk_bytes integer NOT NULL,
  size_bytes bigint,
  sha256 text
);
CREATE UNIQUE INDEX blob_whole ON taskwright.blob (id) WHERE size_bytes IS NOT NULL;
CREATE INDEX blob_half ON taskwright.blob (id) WHERE size_bytes IS NULL;

-- All parts of a file but its last have chunk_bytes bytes. They are stored as they are: most files are compressed already.
CREATE TABLE taskwright.chunk (
  blob bigint NOT NULL REFERENCES taskwright.blob (key) ON DELETE CASCADE,
  seq integer NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (blob, seq)
);
ALTER TABLE taskwright.chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
`,
};
