// The task type data_processing: statistics of an uploaded table or a generated sample.
import { Readable } from "node:stream";
import { defineTask, type TaskContext } from "../index.js";
import { histograms } from "./data-processing/distribution.js";
import { type Loaded, loadFile } from "./data-processing/load.js";
import {
  type Column,
  type Parameters,
  parameters,
  type Result,
  result,
  sampleOf,
} from "./data-processing/parameters.js";
import { type Prepared, withPrepared } from "./data-processing/prepare.js";
import { statisticsCsv, withinLimits } from "./data-processing/report.js";
import { createSample, generateRows } from "./data-processing/sample.js";
import { SCRATCH_BYTES, type Session, withSession } from "./data-processing/session.js";
import {
  columnStatistics,
  hasCommonValues,
  mostCommon,
  type Statistics,
} from "./data-processing/statistics.js";
import { batches, describe, type TableColumn } from "./data-processing/table.js";
import { simulate, untilAborted } from "./pace.js";
import { formatCount, plural } from "./text.js";

/** The progress range of each stage in percent, in order of execution. */
const STAGES = {
  unpack: { name: "unpack the file", from: 0, to: 10 },
  read: { name: "read the file", from: 0, to: 45 },
  generate: { name: "generate the sample", from: 0, to: 45 },
  statistics: { name: "column statistics", from: 45, to: 75 },
  histograms: { name: "histograms", from: 75, to: 95 },
  write: { name: "write artifacts", from: 95, to: 99 },
} as const;

const GENERATE_STEPS = 20;

/** Of the process: DuckDB's own gigabyte, what it does not count, and Node's. */
const MEMORY = "1536MB";

const PROCESS = new URL("./data-processing/process.js", import.meta.url).href;
/** Tables of up to so many rows, or files of up to so many bytes, stay in memory. */
const SMALL_SAMPLE = 20_000;
const SMALL_FILE = 16 * 1024 ** 2;

export const dataProcessing = defineTask({
  name: "data_processing",
  description:
    "Calculates statistics of every column of a CSV, TSV, Excel (.xlsx), JSON Lines or Parquet file, also packed with gzip or ZIP: counts, mean, median, standard " +
    "deviation, quartiles, histograms and most common values. Without a file, analyses a generated sample.",
  input: parameters,
  output: result,
  timeout: "2h",
  isolation: { process: PROCESS, memory: MEMORY, scratch: SCRATCH_BYTES },
  // Nothing of it is kept: its process can be ended at once.
  grace: 0,
  summary: (given, [file]) => {
    if (given.file_id === undefined) return `Analyse a sample of ${plural(sampleOf(given).rows, "row")}`;
    const columns = given.columns ? `${plural(given.columns.length, "column")} of ` : "";
    return `Analyse ${columns}${file?.name ?? "a file"}`;
  },
  examples: [
    { title: "A sample of 1,000 rows in 10 seconds", parameters: { rows: 1000 } },
    { title: "A million rows, as fast as possible", parameters: { rows: 1_000_000, duration_seconds: 0 } },
  ],
  // DuckDB reacts to an interrupt within milliseconds, except in a few steps at the end of a large query. Cancelling does
  // not wait for those; the session is closed and the folder removed when they have finished.
  run: (given, context) => untilAborted(work(given, context), context.signal),
});

async function work(given: Parameters, context: TaskContext): Promise<Result> {
  if (given.file_id === undefined) return workOn(undefined, given, context);
  const file = await context.files.open(given.file_id);
  const onProgress = (share: number) => report(context, "unpack", share);
  return withPrepared(file, { context, options: given, onProgress }, async (prepared) => {
    const result = await workOn(prepared, given, context);
    const { source } = result;
    // The name and the size are those of the uploaded file.
    const uploaded = { name: file.name, size_bytes: file.sizeBytes };
    return source ? { ...result, source: { ...source, ...uploaded, ...prepared.source } } : result;
  });
}

async function workOn(
  prepared: Prepared | undefined,
  given: Parameters,
  context: TaskContext,
): Promise<Result> {
  const { signal } = context;
  const file = prepared?.file;
  const fits = file ? file.sizeBytes <= SMALL_FILE : sampleOf(given).rows <= SMALL_SAMPLE;
  return withSession({ file: file?.path, signal, fits }, async (session) => {
    let loaded: Loaded | undefined;
    if (file) {
      const done = Object.keys(prepared.source).length > 0 ? STAGES.unpack.to / STAGES.read.to : 0;
      const onProgress = (percent: number) => report(context, "read", done + ((1 - done) * percent) / 100);
      onProgress(0);
      const readable = { ...file, path: session.file ?? file.path };
      const isSheet = prepared.source.sheet !== undefined;
      loaded = await loadFile({ session, file: readable, options: given, isSheet, context, onProgress });
    } else {
      await generate(given, context, session);
    }
    const seconds = file ? 0 : sampleOf(given).seconds / 2;
    // A few kilobytes of Parquet can hold gigabytes.
    return analyse({ session, context, loaded, seconds, fits: fits && loaded?.source.format !== "parquet" });
  });
}

/** Reports the progress of a stage, from 0 to 1. */
function report(context: TaskContext, stage: keyof typeof STAGES, share: number, message?: string): void {
  const { name, from, to } = STAGES[stage];
  const percent = Math.round(from + (to - from) * Math.min(1, share));
  context.progress({ percent, stage: name, ...(message !== undefined && { message }) });
}

async function generate(given: Parameters, context: TaskContext, session: Session): Promise<void> {
  const { rows, seconds } = sampleOf(given);
  report(context, "generate", 0);
  await createSample(session);
  for (let step = 0; step < GENERATE_STEPS; step++) {
    const to = Math.round((rows * (step + 1)) / GENERATE_STEPS);
    await Promise.all([
      generateRows(session, Math.round((rows * step) / GENERATE_STEPS), to),
      simulate(seconds / 2 / GENERATE_STEPS, context.signal),
    ]);
    report(context, "generate", (step + 1) / GENERATE_STEPS, plural(to, "row"));
  }
}

interface Analysis {
  readonly session: Session;
  readonly context: TaskContext;
  readonly loaded: Loaded | undefined;
  readonly seconds: number;
  readonly fits: boolean;
}

async function analyse({ session, context, loaded, seconds, fits }: Analysis): Promise<Result> {
  const table = await describe(session, fits, loaded?.columns);
  const size = `${plural(table.rows, "row")}, ${plural(table.columns.length, "column")}`;
  report(context, "statistics", 0, size);
  const groups = batches(table);
  const pause = () => simulate(seconds / 2 / groups.length, context.signal);

  let approximate = false;
  const figures: Statistics["figures"][] = [];
  for (const group of groups) {
    const found = await columnStatistics(session, group, table, approximate);
    await pause();
    approximate = found.approximate;
    figures.push(found.figures);
    report(context, "statistics", figures.length / groups.length);
  }

  const columns: (Column & TableColumn)[] = [];
  for (const group of figures) {
    const [spread] = await Promise.all([distribution(session, group), pause()]);
    columns.push(...spread);
    report(context, "histograms", columns.length / table.columns.length);
  }

  report(context, "write", 0);
  const artifact = await context.artifacts.put(
    "statistics.csv",
    Readable.from(statisticsCsv(columns)),
    "text/csv",
  );
  const shown = withinLimits(columns);
  if (shown.truncated) {
    context.log.warn("The result does not contain every column in full; statistics.csv does", {
      columns: formatCount(columns.length),
    });
  }
  context.progress({ percent: 100, message: size });
  return {
    rows: table.rows,
    column_count: table.columns.length,
    columns: [...shown.columns],
    ...(loaded ? { source: loaded.source } : { simulated: true as const }),
    ...(approximate && { approximate: true as const }),
    ...(shown.truncated && { truncated: true as const }),
    artifact_id: artifact.id,
  };
}

async function distribution(session: Session, group: Statistics["figures"]): Promise<Statistics["figures"]> {
  const columns: (Column & TableColumn)[] = [];
  for (const column of await histograms(session, group)) {
    const isMissing = hasCommonValues(column) && column.values === undefined;
    columns.push(isMissing ? await mostCommon(session, column) : column);
  }
  return columns;
}
