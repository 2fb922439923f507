// Every bound of the product in one place. A value over one of them is refused with the bound in the message.

const KB = 1024;
const MB = 1024 * KB;

export const LIMITS = {
  /** JSON text of a task's parameters or result, in bytes. */
  payloadBytes: 256 * KB,
  /** Body of an HTTP request other than an upload, in bytes. */
  requestBytes: 1 * MB,
  /** Fewest bytes of an API key: what is shorter can be guessed. */
  apiKeyBytes: 16,
  /** Body of a sign-in, in bytes: it is read before the caller has shown a key. */
  sessionRequestBytes: 4 * KB,
  /** Default bound of all JSON bodies in memory together, in bytes. */
  bodyMemoryBytes: 64 * MB,
  /** Default number of connections. */
  connections: 2000,
  /** Default number of lists and statistics that are read at once. */
  concurrentReads: 4,
  /** Body of a batch submit, in bytes. */
  batchRequestBytes: 16 * MB,
  /** Characters of parameters from which on a claim brings no further task. */
  claimText: 8 * MB,
  /** Tasks in one batch submit. */
  batchTasks: 1000,
  /** Levels of nesting in parameters or a result. */
  jsonDepth: 64,
  /** Keys and array items in parameters or a result, all levels together. */
  jsonNodes: 100_000,
  taskTypeLength: 100,
  queueLength: 100,
  /** Default number of queues that hold tasks. */
  queues: 1000,
  summaryLength: 200,
  progressMessageLength: 500,
  tags: 20,
  tagLength: 100,
  priority: { min: -100, max: 100 },
  maxAttempts: { min: 1, max: 100 },
  /** By what each wait of a retry is longer than the one before. */
  retryFactor: { min: 1, max: 100 },
  /** Characters of an Idempotency-Key. */
  idempotencyKeyLength: 255,
  /** How far ahead a task may be scheduled, in milliseconds. */
  delay: { min: 0, max: 366 * 86_400_000 },
  /** How long a task may wait before it expires, in milliseconds. */
  expiresIn: { min: 1, max: 366 * 86_400_000 },
  /** Longest run of one attempt, in milliseconds. */
  timeout: { min: 1, max: 7 * 86_400_000 },
  /** Longest `?wait=`, in seconds. */
  waitSeconds: 60,
  list: { default: 50, max: 500 },
  /** Tasks before another one that are counted to say how far it is from its turn. */
  aheadTasks: 1_000,
  /** Log lines in one answer. */
  logPage: { default: 200, max: 1000 },
  /** Characters of query parameters: the text searched for, a cursor, a list with commas. */
  searchLength: 200,
  cursorLength: 500,
  commaListLength: 2000,
  /** Characters of a duration as text. */
  durationLength: 30,
  /** Characters of a point in time as text. */
  timeLength: 40,
  /** Values of each kind that a filter of events may have over a WebSocket, and characters of an event's id. */
  eventFilter: 100,
  eventIdLength: 100,
  /** Characters of an API key that is sent to sign in. */
  apiKeyLength: 1000,
  /** Bytes of parameters and results from which on a page of a list has no further task. */
  listBytes: 4 * MB,
  /** Steps of a timeline, in milliseconds, and how many of them one answer may have. */
  timeline: { min: 60_000, max: 366 * 86_400_000, most: 2_000 },
  /** Age of an id that the caller brings, in milliseconds. */
  callerIdAge: 86_400_000,
  /** Bytes of an error's message and of its stack that are kept. */
  errorMessageBytes: 8 * KB,
  errorStackBytes: 32 * KB,
  /** Bytes of a stack that a list repeats. */
  listStackBytes: 2 * KB,
  stages: 50,
  checkpointBytes: 256 * KB,
  logLineBytes: 8 * KB,
  /** Log lines kept of one task; what comes after is counted, not kept. */
  logLines: 100_000,
  /** Artifacts of one task. */
  artifacts: 1000,
  artifactNameLength: 255,
  mediaTypeLength: 255,
  fileNameLength: 255,
  /** Files and other fields in one upload. */
  uploadFiles: 100,
  uploadFields: 20,
  /** Default bound of one upload, in bytes. */
  uploadBytes: 1024 * MB,
  /** Crashes after which a task FAILS as Poisoned. */
  crashes: 3,
  /** Memory and scratch space that a task type may allow a process of its own, in bytes. */
  processBytes: { min: 64 * MB, max: 1024 * 1024 * MB },
} as const;

/** What a task gets where neither the caller nor its type says otherwise. */
export const DEFAULTS = {
  queue: "default",
  priority: 0,
  maxAttempts: 3,
  timeout: 15 * 60_000,
  /** From the cancel signal to the hard kill, in milliseconds. */
  grace: 5_000,
  /** Resident memory and scratch space of a process that runs a task, in bytes. */
  processMemory: 1024 * MB,
  processScratch: 2 * 1024 * MB,
  /** How long a caller waits for the store, in milliseconds. */
  storeTimeout: 10_000,
  keepFinished: 30 * 86_400_000,
  keepUnusedFiles: 86_400_000,
} as const;
