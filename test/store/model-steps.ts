// What the model-based test may do to a store: random steps as plain data. Tasks, holds and files are named by how
// long ago they came up, so that a step fits whatever happened before it, and shrinks well.
import fc from "fast-check";
import {
  CANCEL_REASONS,
  type CancelReason,
  type FinishedStatus,
  STATUSES,
  WAITING_FOR,
} from "../../src/model/status.js";
import type { ClaimRequest, PageRequest, TaskFilter } from "../../src/store/store.js";

/** How long ago it came up: 0 for the latest. */
type Ago = number;

export interface InsertDraft {
  readonly taskType: string;
  readonly queue: string;
  readonly priority: number;
  readonly start: "now" | { readonly in: number } | { readonly at: number };
  readonly tags: readonly string[];
  readonly summary: string | undefined;
  readonly expiresIn: number | undefined;
  readonly replay: { readonly key: string; readonly digest: string } | undefined;
  readonly retryOf: Ago | undefined;
  readonly again: boolean;
  readonly keepCheckpoint: boolean;
  readonly file: Ago | undefined;
}

/** What is undefined stays as it is; null removes. */
export interface EditDraft {
  readonly queue: string | undefined;
  readonly priority: number | undefined;
  readonly start: InsertDraft["start"] | undefined;
  readonly tags: readonly string[] | undefined;
  readonly summary: string | null | undefined;
  readonly expiresIn: number | null | undefined;
  readonly parameters: string | undefined;
  /** Named by the parameters. */
  readonly file: Ago | undefined;
}

export interface ReportDraft {
  readonly progress: number | undefined;
  readonly progressMessage: string | undefined;
  readonly stages: readonly string[] | undefined;
  readonly checkpoint: string | undefined;
  readonly logs: number;
  readonly artifacts: number;
}

export interface OutcomeDraft {
  readonly hold: Ago;
  readonly to: FinishedStatus | "PENDING";
  readonly in: number;
  readonly refund: boolean;
  readonly withError: boolean;
  readonly resultData: string | undefined;
  readonly report: ReportDraft | undefined;
}

export type Step =
  | { readonly verb: "insert"; readonly drafts: readonly InsertDraft[] }
  /** Submits once more what was submitted before, now and then with something else in it. */
  | { readonly verb: "insert again"; readonly task: Ago; readonly changed: boolean }
  | {
      readonly verb: "turn";
      readonly worker: string;
      readonly outcomes: readonly OutcomeDraft[];
      readonly claim: ClaimRequest | undefined;
    }
  | {
      readonly verb: "sync";
      readonly reports: readonly { readonly hold: Ago; readonly report: ReportDraft }[];
    }
  | { readonly verb: "cancel"; readonly tasks: readonly Ago[]; readonly reason: CancelReason | undefined }
  | { readonly verb: "edit"; readonly task: Ago; readonly draft: EditDraft }
  | { readonly verb: "beat"; readonly worker: string }
  /** As if a worker had died, and another took over. */
  | { readonly verb: "die"; readonly worker: string; readonly heir: string }
  | { readonly verb: "promote"; readonly limit: number }
  | { readonly verb: "advance"; readonly by: number }
  | { readonly verb: "remove"; readonly tasks: readonly Ago[] }
  | { readonly verb: "expire"; readonly finishedFor: number }
  | { readonly verb: "upload"; readonly complete: boolean }
  | { readonly verb: "expire files"; readonly unusedFor: number; readonly remove: boolean }
  | {
      readonly verb: "list" /** Its instants count from the beginning of the test. */;
      readonly filter: TaskFilter;
      readonly page: PageRequest;
    };

const ago = fc.oneof({ weight: 3, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(40) });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const TYPES = ["work", "mail", "draw"] as const;
const QUEUES = ["default", "post"] as const;
const TAGS = ["a", "b"] as const;
const WORKERS = ["w1", "w2", "w3"] as const;
const taskType = fc.constantFrom(...TYPES);
const queue = fc.constantFrom(...QUEUES);
const worker = fc.constantFrom(...WORKERS);
// Equal to the waits of tasks, so that the very moment is met, too.
const span = fc.constantFrom(1, 10, 100, 1_000, 61_000);

const start: fc.Arbitrary<InsertDraft["start"]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant("now" as const) },
  { weight: 1, arbitrary: fc.record({ in: fc.constantFrom(0, 10, 1_000, 61_000) }) },
  { weight: 1, arbitrary: fc.record({ at: fc.nat(5_000) }) },
);

const draft: fc.Arbitrary<InsertDraft> = fc.record({
  taskType,
  queue,
  priority: fc.constantFrom(0, 0, 0, 5, -5),
  start,
  tags: fc.subarray([...TAGS]),
  summary: maybe(fc.constantFrom("Monthly report", "thumbnail 3")),
  expiresIn: seldom(fc.constantFrom(1, 10, 1_000, 61_000)),
  replay: seldom(fc.record({ key: fc.constantFrom("k1", "k2"), digest: fc.constantFrom("d1", "d2") })),
  retryOf: seldom(ago),
  again: fc.boolean(),
  keepCheckpoint: fc.boolean(),
  file: seldom(ago),
});

const editDraft: fc.Arbitrary<EditDraft> = fc.record({
  queue: maybe(fc.constantFrom(...QUEUES, "fresh")),
  priority: maybe(fc.constantFrom(0, 5, -5, 100)),
  start: maybe(start),
  tags: seldom(fc.subarray([...TAGS])),
  summary: seldom(fc.constantFrom("Monthly report", "edited", null)),
  expiresIn: seldom(fc.constantFrom(1, 10, 1_000, 61_000, null)),
  parameters: seldom(fc.constantFrom('{"edited":1}', '{"edited":2}')),
  file: seldom(ago),
});

const report: fc.Arbitrary<ReportDraft> = fc.record({
  progress: maybe(fc.integer({ min: 0, max: 100 })),
  progressMessage: maybe(fc.constantFrom("reading", "writing")),
  stages: maybe(fc.subarray(["read", "write"])),
  checkpoint: maybe(fc.constantFrom('{"at":1}', '{"at":2}')),
  logs: fc.nat(2),
  artifacts: fc.constantFrom(0, 0, 0, 1),
});

const outcome: fc.Arbitrary<OutcomeDraft> = fc.record({
  hold: ago,
  to: fc.constantFrom(
    "SUCCESS" as const,
    "FAILED" as const,
    "CANCELLED" as const,
    "PENDING" as const,
    "PENDING" as const,
  ),
  in: fc.constantFrom(0, 0, 10, 1_000),
  refund: fc.boolean(),
  withError: fc.boolean(),
  resultData: maybe(fc.constant('{"rows":1}')),
  report: maybe(report),
});

const claim: fc.Arbitrary<ClaimRequest> = fc.record({
  limit: fc.constantFrom(0, 1, 2, 5, 5),
  taskTypes: fc.oneof(
    { weight: 3, arbitrary: fc.constant(TYPES) },
    { weight: 1, arbitrary: fc.subarray([...TYPES]) },
  ),
  queues: fc.oneof(
    { weight: 3, arbitrary: fc.constant("all" as const) },
    { weight: 1, arbitrary: fc.subarray([...QUEUES]) },
  ),
});

const filter: fc.Arbitrary<TaskFilter> = fc.record({
  status: maybe(fc.subarray([...STATUSES])),
  taskTypes: maybe(fc.subarray([...TYPES])),
  queues: maybe(fc.subarray([...QUEUES])),
  tags: maybe(fc.subarray([...TAGS])),
  notTaskTypes: seldom(fc.subarray([...TYPES])),
  notQueues: seldom(fc.subarray([...QUEUES])),
  notTags: seldom(fc.subarray([...TAGS])),
  waitingFor: seldom(fc.subarray([...WAITING_FOR])),
  retried: seldom(fc.boolean()),
  worker: seldom(worker),
  createdAfter: seldom(fc.nat(3_000)),
  createdBefore: seldom(fc.nat(90_000)),
  completedAfter: seldom(fc.nat(3_000)),
  completedBefore: seldom(fc.nat(90_000)),
  text: seldom(fc.constantFrom("REPORT", "mail", "boom", "nowhere")),
});

const page: fc.Arbitrary<PageRequest> = fc.record({
  limit: fc.constantFrom(1, 2, 3, 50),
  order: fc.constantFrom("newest" as const, "oldest" as const, "completed" as const),
  include: fc.subarray(["parameters" as const, "result_data" as const]),
});

const agos = fc.array(ago, { maxLength: 3 });
const reports = fc.array(fc.record({ hold: ago, report }), { maxLength: 3 });
const verb = <Verb extends Step["verb"]>(name: Verb) => fc.constant(name);

/** One step; what moves tasks on is said more often than the rest. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ verb: verb("insert"), drafts: fc.array(draft, { minLength: 1, maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ verb: verb("insert again"), task: ago, changed: fc.boolean() }) },
  {
    weight: 10,
    arbitrary: fc.record({
      verb: verb("turn"),
      worker,
      outcomes: fc.array(outcome, { maxLength: 4 }),
      claim: maybe(claim),
    }),
  },
  { weight: 4, arbitrary: fc.record({ verb: verb("sync"), reports }) },
  {
    weight: 2,
    arbitrary: fc.record({
      verb: verb("cancel"),
      tasks: agos,
      reason: maybe(fc.constantFrom(...CANCEL_REASONS)),
    }),
  },
  { weight: 4, arbitrary: fc.record({ verb: verb("edit"), task: ago, draft: editDraft }) },
  { weight: 2, arbitrary: fc.record({ verb: verb("beat"), worker }) },
  { weight: 2, arbitrary: fc.record({ verb: verb("die"), worker, heir: worker }) },
  { weight: 3, arbitrary: fc.record({ verb: verb("promote"), limit: fc.constantFrom(0, 1, 2, 50, 50) }) },
  { weight: 4, arbitrary: fc.record({ verb: verb("advance"), by: span }) },
  { weight: 2, arbitrary: fc.record({ verb: verb("remove"), tasks: agos }) },
  { weight: 1, arbitrary: fc.record({ verb: verb("expire"), finishedFor: span }) },
  { weight: 1, arbitrary: fc.record({ verb: verb("upload"), complete: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ verb: verb("expire files"), unusedFor: span, remove: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ verb: verb("list"), filter, page }) },
);
