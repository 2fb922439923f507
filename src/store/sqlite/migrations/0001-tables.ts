// The first schema: where tasks lie, their parts, and the counts. No foreign keys and no triggers on hot tables.
import type { Migration } from "../../migration.js";

export const tables: Migration = {
  version: 1,
  reason: "A new database needs its tables.",
  sql: `
-- Cold: written at submit, and editable until the first start. The payload comes last, so that the rest is read without it.
CREATE TABLE task (
  id TEXT PRIMARY KEY NOT NULL,
  queue TEXT NOT NULL,
  task_type TEXT NOT NULL,
  priority INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  run_at INTEGER,
  max_attempts INTEGER NOT NULL,
  timeout INTEGER NOT NULL,
  retry_of TEXT,
  replay_key TEXT,
  -- What no SQL looks at, as one JSON text.
  options TEXT,
  parameters TEXT NOT NULL
) STRICT;
CREATE INDEX task_by_retry_of ON task (retry_of, id) WHERE retry_of IS NOT NULL;

-- Cold: written once at the end. It repeats queue and task_type for its indexes and lists.
CREATE TABLE done (
  id TEXT PRIMARY KEY NOT NULL,
  queue TEXT NOT NULL,
  task_type TEXT NOT NULL,
  status TEXT NOT NULL,
  fence INTEGER NOT NULL,
  worker TEXT,
  attempt INTEGER NOT NULL,
  crashes INTEGER NOT NULL,
  started_at INTEGER,
  completed_at INTEGER NOT NULL,
  cancel_requested_at INTEGER,
  progress REAL NOT NULL,
  progress_message TEXT,
  stages TEXT,
  error TEXT,
  result_data TEXT,
  -- Why a task was cancelled.
  reason TEXT
) STRICT;
CREATE INDEX done_by_lane ON done (queue, task_type, status, id);
CREATE INDEX done_unsuccessful ON done (status, id) WHERE status IN ('FAILED', 'CANCELLED');
CREATE INDEX done_unsuccessful_by_end ON done (completed_at, id) WHERE status IN ('FAILED', 'CANCELLED');

-- Hot: the key is the order of a claim. rank: rank.ts; traits: traits.ts.
CREATE TABLE ready (
  queue TEXT NOT NULL,
  task_type TEXT NOT NULL,
  rank INTEGER NOT NULL,
  id TEXT NOT NULL,
  traits INTEGER NOT NULL,
  PRIMARY KEY (queue, task_type, rank, id)
) STRICT, WITHOUT ROWID;
-- Lanes with an order of their own within a priority: their rows are found by id here. Others have none in it.
CREATE INDEX ready_ordered ON ready (queue, task_type, id) WHERE (rank & 17592186044415) <> 0;

CREATE TABLE scheduled (
  run_at INTEGER NOT NULL,
  id TEXT NOT NULL,
  queue TEXT NOT NULL,
  task_type TEXT NOT NULL,
  rank INTEGER NOT NULL,
  traits INTEGER NOT NULL,
  waiting_for TEXT NOT NULL,
  PRIMARY KEY (run_at, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX scheduled_by_type ON scheduled (task_type, id);

CREATE TABLE running (
  id TEXT PRIMARY KEY NOT NULL,
  fence INTEGER NOT NULL,
  worker TEXT NOT NULL,
  queue TEXT NOT NULL,
  task_type TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  crashes INTEGER NOT NULL,
  traits INTEGER NOT NULL,
  ready_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  cancel_requested_at INTEGER,
  cancel_reason TEXT,
  progress REAL NOT NULL DEFAULT 0,
  progress_message TEXT,
  stages TEXT
) STRICT, WITHOUT ROWID;

-- By when a task must have started; only for tasks with that trait, and only until they start.
CREATE TABLE deadline (
  at INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (at, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX deadline_by_task ON deadline (id);

-- What a task that ran and did not finish brings to its next attempt; a first attempt never touches it.
CREATE TABLE carry (
  id TEXT PRIMARY KEY NOT NULL,
  attempt INTEGER NOT NULL,
  crashes INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  started_at INTEGER,
  checkpoint TEXT
) STRICT;

-- By fence, because attempt numbers may be refunded and come again.
CREATE TABLE attempt (
  task_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  worker TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  error TEXT,
  stages TEXT,
  PRIMARY KEY (task_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
  task_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  at INTEGER NOT NULL,
  level TEXT NOT NULL,
  message TEXT NOT NULL,
  fields TEXT,
  PRIMARY KEY (task_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifact (
  id TEXT PRIMARY KEY NOT NULL,
  task_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL
) STRICT;
CREATE INDEX artifact_by_task ON artifact (task_id);

-- state: begun, complete or ended.
CREATE TABLE file (
  id TEXT PRIMARY KEY NOT NULL,
  state TEXT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX file_by_state ON file (state, created_at);

CREATE TABLE file_use (
  task_id TEXT NOT NULL,
  file_id TEXT NOT NULL,
  PRIMARY KEY (task_id, file_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_use_by_file ON file_use (file_id);

-- The tags of each task that has any, to find it by.
CREATE TABLE tag (
  tag TEXT NOT NULL,
  task_id TEXT NOT NULL,
  PRIMARY KEY (tag, task_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_by_task ON tag (task_id);

CREATE TABLE replay (
  key TEXT PRIMARY KEY NOT NULL,
  id TEXT NOT NULL,
  digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE queue (
  name TEXT PRIMARY KEY NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Tasks by status now, per lane; written once per lane and commit.
CREATE TABLE total (
  queue TEXT NOT NULL,
  task_type TEXT NOT NULL,
  pending INTEGER NOT NULL,
  running INTEGER NOT NULL,
  success INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  PRIMARY KEY (queue, task_type)
) STRICT, WITHOUT ROWID;

-- What happened within a minute, per lane; written once per lane and commit.
CREATE TABLE minute (
  at INTEGER NOT NULL,
  queue TEXT NOT NULL,
  task_type TEXT NOT NULL,
  created INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  retried INTEGER NOT NULL,
  wait_millis INTEGER NOT NULL,
  run_millis INTEGER NOT NULL,
  PRIMARY KEY (at, queue, task_type)
) STRICT, WITHOUT ROWID;

-- The workers of this boot; state is a WorkerState as JSON.
CREATE TABLE worker (
  id TEXT PRIMARY KEY NOT NULL,
  heartbeat_at INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Small things that people edit. value is JSON.
CREATE TABLE record (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  value TEXT NOT NULL,
  due_at INTEGER,
  expires_at INTEGER,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_due ON record (kind, due_at, key) WHERE due_at IS NOT NULL;
CREATE INDEX record_expiry ON record (expires_at) WHERE expires_at IS NOT NULL;

-- What is only appended: ledgers and the audit trail.
CREATE TABLE record_entry (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (kind, key, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_entry_by_time ON record_entry (kind, at);

CREATE TABLE meta (
  name TEXT PRIMARY KEY NOT NULL,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('fences_reserved', 0);
`,
};
