// Why a peer can be ahead in a scenario: printed beside its lead, and only where it has one.

const MEMORY = "it answers from memory; a crash of Redis loses what is not on disk yet";
const NORMAL = "it does not wait for the disk (synchronous NORMAL)";
const DELETES = "it deletes a job that succeeded and keeps no history";
const NO_HEARTBEAT = "a worker with nothing to do has no lease to renew";
const WHOLE_BACKLOG =
  "it takes all 500 tasks with its first fetch and checks no parameters; Taskwright takes what its slots hold";
const BATCHED =
  "it finishes a batch of 500 with one statement, all jobs or none, without a context, deadline or abort signal for each";

export const WHY: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  drain: {
    bullmq: MEMORY,
    "bullmq-aof": MEMORY,
    "graphile-worker": DELETES,
    "pg-boss": BATCHED,
    plainjob: NORMAL,
    bunqueue: NORMAL,
  },
  backlog: {
    bullmq: MEMORY,
    "bullmq-aof": MEMORY,
    "graphile-worker": DELETES,
    "pg-boss": BATCHED,
    plainjob: NORMAL,
    bunqueue: NORMAL,
  },
  submit: {
    bullmq: MEMORY,
    "bullmq-aof": MEMORY,
    plainjob: `${NORMAL}, checks nothing and blocks the process while it writes`,
    bunqueue: "it acknowledges from a buffer in memory, written some milliseconds later",
    "bunqueue-durable": NORMAL,
  },
  batch: {
    bullmq: MEMORY,
    "bullmq-aof": MEMORY,
    plainjob: `${NORMAL}, checks nothing, writes one row and one index a job`,
    bunqueue: "it acknowledges from a buffer in memory",
    "pg-boss": "it writes one row a job, from one JSON document, without checking parameters",
    "graphile-worker": "it writes one row a job, from one JSON document, without checking parameters",
  },
  http: {
    bunqueue:
      "it runs on Bun's own HTTP server, checks no parameters, and acknowledges from a buffer in memory",
    "bunqueue-durable":
      "it runs on Bun's own HTTP server, checks no parameters, and does not wait for the disk (synchronous NORMAL)",
  },
  latency: {
    bullmq: MEMORY,
    "bullmq-aof": MEMORY,
    bunqueue: "submitter and worker share memory, the disk comes later",
    plainjob: NORMAL,
    "pg-boss": "the submitter wakes its worker by hand, in the same process",
  },
  steady: {
    bullmq: MEMORY,
    "bullmq-aof": MEMORY,
    bunqueue: "submitter and worker share memory, the disk comes later",
    plainjob: NORMAL,
  },
  "payload-200kB": {
    bullmq: MEMORY,
    "bullmq-aof": MEMORY,
    "graphile-worker": WHOLE_BACKLOG,
    "pg-boss": WHOLE_BACKLOG,
  },
  "processes-2": { "graphile-worker": DELETES },
  idle: {
    bullmq: "it waits on a blocking read of Redis",
    "bullmq-aof": "it waits on a blocking read of Redis",
    "graphile-worker": `${NO_HEARTBEAT}: what a dead one held comes back after 4 hours`,
  },
};
