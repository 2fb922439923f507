// Parameters and result of data_processing. Form, API docs and command-line flags are generated from these schemas.
import { z } from "zod";
import { fileId } from "../../index.js";

export const DEFAULT_ROWS = 1000;
const DEFAULT_SECONDS = 10;

const fields = z.strictObject({
  file_id: fileId({
    title: "Data file",
    description:
      "Uploaded CSV, TSV, Excel (.xlsx), JSON Lines or Parquet file; may be packed with gzip or ZIP.",
  }).optional(),
  rows: z
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .meta({
      title: "Sample rows",
      description: `Number of rows to generate and analyse if no file is given. Default: ${DEFAULT_ROWS}.`,
      examples: [1000, 1_000_000],
    }),
  duration_seconds: z
    .number()
    .min(0)
    .max(60)
    .optional()
    .meta({
      title: "Sample duration",
      description: `Minimum duration in seconds of generating and analysing the sample. Default: ${DEFAULT_SECONDS}.`,
      examples: [DEFAULT_SECONDS],
    }),
  delimiter: z
    .string()
    .regex(/^(tab|[\t !#-~])$/, 'must be one ASCII character other than a quote, or "tab"')
    .optional()
    .meta({
      title: "Delimiter",
      description: 'Field separator of a CSV file: one character, or "tab". Default: detected.',
      examples: [",", ";", "tab", "|"],
    }),
  header: z.boolean().optional().meta({
    title: "First line is a header",
    description: "Whether the first line of a CSV file contains the column names. Default: detected.",
  }),
  decimal: z.enum([".", ","]).optional().meta({
    title: "Decimal separator",
    description: "Of numbers in a CSV file. Default: detected.",
  }),
  thousands: z.enum([",", ".", " ", "'"]).optional().meta({
    title: "Thousands separator",
    description: "Of numbers in a CSV file. Default: detected.",
  }),
  skip_lines: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .meta({
      title: "Lines to skip",
      description: "Number of lines before the header or the data of a CSV file. Default: detected.",
      examples: [3],
    }),
  null_values: z
    .array(z.string().min(1).max(100))
    .min(1)
    .max(100)
    .optional()
    .meta({
      title: "Missing values",
      description:
        "Texts in a CSV file that mean a missing value, in addition to an empty field, NA, N/A, NULL, None and NaN.",
      examples: [["-", "missing"]],
    }),
  sheet: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({
      title: "Sheet",
      description: "Name of the sheet of an Excel file. Default: the first one with data.",
      examples: ["Sheet1"],
    }),
  columns: z
    .array(z.string().min(1).max(300))
    .min(1)
    .max(1000)
    .optional()
    .meta({
      title: "Columns",
      description: "Analyse only these columns of the file. Default: all.",
      examples: [["amount", "region"]],
    }),
});

/** Options for some formats, with those formats. */
export const FORMAT_OPTIONS = {
  delimiter: ["csv"],
  decimal: ["csv"],
  thousands: ["csv"],
  header: ["csv", "xlsx"],
  skip_lines: ["csv", "xlsx"],
  null_values: ["csv", "xlsx"],
  sheet: ["xlsx"],
} as const;
const FILE_OPTIONS = [
  "delimiter",
  "header",
  "decimal",
  "thousands",
  "skip_lines",
  "null_values",
  "sheet",
  "columns",
] as const;
const SAMPLE_OPTIONS = ["rows", "duration_seconds"] as const;

/** The same constraints as JSON Schema, used by the form. */
const EXCLUSIONS = {
  title: "Data source",
  allOf: SAMPLE_OPTIONS.map((name) => ({ not: { required: ["file_id", name] } })),
  dependentRequired: Object.fromEntries(FILE_OPTIONS.map((name) => [name, ["file_id"]])),
};

export const parameters = fields
  .superRefine((value, refinement) => {
    const misplaced = value.file_id === undefined ? FILE_OPTIONS : SAMPLE_OPTIONS;
    const belongs = value.file_id === undefined ? "requires file_id" : "cannot be combined with file_id";
    for (const name of misplaced) {
      if (value[name] !== undefined) refinement.addIssue({ code: "custom", path: [name], message: belongs });
    }
  })
  .meta(EXCLUSIONS);

export type Parameters = z.output<typeof parameters>;
export type FileOptions = Pick<Parameters, (typeof FILE_OPTIONS)[number]>;

/** Number of rows to generate, and the simulated duration in seconds. */
export function sampleOf(value: Parameters): { readonly rows: number; readonly seconds: number } {
  return { rows: value.rows ?? DEFAULT_ROWS, seconds: value.duration_seconds ?? DEFAULT_SECONDS };
}

export const COLUMN_TYPES = [
  "integer",
  "decimal",
  "text",
  "boolean",
  "date",
  "timestamp",
  "list",
  "other",
] as const;

const figure = z.number().nullable();
/** A text where a JSON number would round. */
const exact = z.union([z.number(), z.string()]);

const column = z.object({
  name: z.string(),
  type: z.enum(COLUMN_TYPES),
  count: z.int().describe("Number of values that are present."),
  nulls: z.int().describe("Number of missing values: empty, NA, N/A, NULL, NaN."),
  distinct: z.int().nullable().describe("Number of distinct values; null for lists and type other."),
  min: exact.nullable().describe("Smallest value; a string if JSON has no number for it."),
  max: exact.nullable().describe("Largest value, in the same form as min."),
  mean: exact
    .nullable()
    .optional()
    .describe(
      "Arithmetic mean; a string if JSON has no number for it. Only for numeric columns, like the following fields.",
    ),
  median: exact.nullable().optional().describe("A string if JSON has no number for it; quartiles likewise."),
  std_dev: figure.optional().describe("Sample standard deviation (n − 1)."),
  q25: exact.nullable().optional().describe("First quartile, linearly interpolated."),
  q75: exact.nullable().optional().describe("Third quartile, linearly interpolated."),
  histogram: z
    .array(z.object({ from: exact, to: exact, count: z.int() }))
    .max(20)
    .optional()
    .describe("Number of values from `from` (inclusive) to `to` (exclusive; inclusive in the last bin)."),
  values: z
    .array(z.object({ value: z.string(), count: z.int() }))
    .max(10)
    .optional()
    .describe("The most common values of a text or boolean column."),
  unit: z.string().optional().describe("Unit that every number of the column has in the file, such as %."),
  note: z.string().optional().describe("Why the column does not have the type that its values suggest."),
});

export const result = z.object({
  rows: z.int(),
  column_count: z.int(),
  columns: z.array(column),
  source: z
    .object({
      name: z.string(),
      size_bytes: z.int(),
      unpacked: z
        .object({ format: z.enum(["gzip", "zip"]), name: z.string(), size_bytes: z.int() })
        .optional()
        .describe("The data file in a gzip or ZIP file; the following fields describe it."),
      format: z.enum(["csv", "xlsx", "json", "parquet"]),
      sheet: z.string().optional().describe("The sheet of an Excel file that was analysed."),
      other_sheets: z.array(z.string()).optional().describe("Its other sheets, which were not."),
      encoding: z.enum(["utf-8", "latin-1", "windows-1252", "utf-16le", "utf-16be"]).optional(),
      delimiter: z.string().optional(),
      header: z
        .boolean()
        .optional()
        .describe("Whether the first line of a CSV file was taken as its header."),
      decimal: z.enum([".", ","]).optional().describe("Decimal separator of its numbers."),
      notes: z.array(z.string()).optional().describe("What was decided without being certain."),
      skipped_lines: z.int().optional().describe("Number of lines before the table that were skipped."),
      replaced_bytes: z
        .int()
        .optional()
        .describe("Number of damaged characters in UTF-8 that were replaced with U+FFFD."),
    })
    .optional()
    .describe("The input file; absent for a generated sample."),
  simulated: z.literal(true).optional().describe("The data was generated."),
  approximate: z
    .literal(true)
    .optional()
    .describe(
      "Exact figures did not fit into memory: distinct, median and quartiles are estimates; distinct may be off by 10 % or more.",
    ),
  truncated: z
    .literal(true)
    .optional()
    .describe("The result was truncated to its size limit; statistics.csv is complete."),
  artifact_id: z.string().describe("Id of the artifact statistics.csv."),
});

export type Result = z.output<typeof result>;
export type Column = z.output<typeof column>;
export type ColumnType = Column["type"];
export type Source = NonNullable<Result["source"]>;
