// The figures of data_processing against published ones and against plain arithmetic, and files of every awkward kind.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test, vi } from "vitest";
import type { z } from "zod";
import { Aborted, Discard, type ProgressUpdate } from "../../src/index.js";
import { type Column, result } from "../../src/tasks/data-processing/parameters.js";
import { openSession } from "../../src/tasks/data-processing/session.js";
import { dataProcessing } from "../../src/tasks/data-processing.js";
import { type RecordedContext, sharedBench } from "../support/task-context.js";

const AIR_QUALITY = fileURLToPath(new URL("../../examples/airquality.csv", import.meta.url));

const bench = sharedBench();

async function run(parameters: object, context: RecordedContext = bench.context()) {
  return result.parse(await dataProcessing.run(parameters, context));
}

/** Uploads a text and analyses it. */
async function analyse(name: string, data: string | Uint8Array, options: object = {}) {
  const context = bench.context();
  return { ...(await run({ file_id: await bench.upload(name, data), ...options }, context)), context };
}

function column(columns: z.output<typeof result>["columns"], name: string): Column {
  const found = columns.find((one) => one.name === name);
  if (!found) throw new Error(`there is no column ${name}`);
  return found;
}

describe("figures", () => {
  // As R 4 prints them: summary(airquality), and sd() of each column.
  const published = {
    ozone_ppb: {
      nulls: 37,
      min: 1,
      q25: 18,
      median: 31.5,
      mean: 42.12931,
      q75: 63.25,
      max: 168,
      std_dev: 32.98788,
    },
    solar_langley: {
      nulls: 7,
      min: 7,
      q25: 115.75,
      median: 205,
      mean: 185.9315,
      q75: 258.75,
      max: 334,
      std_dev: 90.05842,
    },
    wind_mph: {
      nulls: 0,
      min: 1.7,
      q25: 7.4,
      median: 9.7,
      mean: 9.957516,
      q75: 11.5,
      max: 20.7,
      std_dev: 3.523001,
    },
    temperature_f: {
      nulls: 0,
      min: 56,
      q25: 72,
      median: 79,
      mean: 77.88235,
      q75: 85,
      max: 97,
      std_dev: 9.46527,
    },
  };

  test("of the air in New York equal the published ones", async () => {
    const file_id = await bench.upload("airquality.csv", { path: AIR_QUALITY });
    const { rows, columns, source, simulated, approximate, truncated } = await run({ file_id });
    expect(rows).toBe(153);
    expect(columns.map(({ name, type }) => [name, type])).toEqual([
      ["date", "date"],
      ["month", "text"],
      ["ozone_ppb", "integer"],
      ["solar_langley", "integer"],
      ["wind_mph", "decimal"],
      ["temperature_f", "integer"],
    ]);
    for (const [name, figures] of Object.entries(published)) {
      const found = column(columns, name);
      expect(found).toMatchObject({ nulls: figures.nulls, count: 153 - figures.nulls });
      for (const [figure, value] of Object.entries(figures)) {
        expect([name, figure, Number(Reflect.get(found, figure)).toPrecision(7)]).toEqual([
          name,
          figure,
          value.toPrecision(7),
        ]);
      }
    }
    expect(column(columns, "date")).toMatchObject({ min: "1973-05-01", max: "1973-09-30", distinct: 153 });
    expect(column(columns, "month").values).toEqual([
      { value: "August", count: 31 },
      { value: "July", count: 31 },
      { value: "May", count: 31 },
      { value: "June", count: 30 },
      { value: "September", count: 30 },
    ]);
    expect(source).toMatchObject({
      name: "airquality.csv",
      format: "csv",
      encoding: "utf-8",
      delimiter: ",",
    });
    expect([simulated, approximate, truncated]).toEqual([undefined, undefined, undefined]);
  });

  test("equal plain arithmetic over the same file", async () => {
    const [head, ...lines] = (await readFile(AIR_QUALITY, "utf8")).trimEnd().split("\n");
    const cells = lines.map((line) => line.split(","));
    const file_id = await bench.upload("airquality.csv", { path: AIR_QUALITY });
    const { columns } = await run({ file_id });
    for (const name of ["ozone_ppb", "solar_langley", "wind_mph", "temperature_f"]) {
      const at = head?.split(",").indexOf(name) ?? -1;
      const values = cells.map((row) => row[at] ?? "").filter((cell) => cell !== "");
      const numbers = values.map(Number).sort((a, b) => a - b);
      const found = column(columns, name);
      const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
      const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      expect(found.mean).toBeCloseTo(mean, 9);
      expect(found.std_dev).toBeCloseTo(Math.sqrt(squares / (numbers.length - 1)), 9);
      expect(found.q25).toBeCloseTo(quantile(numbers, 0.25), 9);
      expect(found.median).toBeCloseTo(quantile(numbers, 0.5), 9);
      expect(found.q75).toBeCloseTo(quantile(numbers, 0.75), 9);
      expect(found.distinct).toBe(new Set(numbers).size);
      const bins = (found.histogram ?? []).map(({ from, to, count }) => ({
        from: Number(from),
        to: Number(to),
        count,
      }));
      expect(bins.length).toBeLessThanOrEqual(20);
      bins.forEach(({ from, to, count }, position) => {
        const last = position === bins.length - 1;
        expect(count).toBe(numbers.filter((v) => v >= from && (v < to || (last && v <= to))).length);
      });
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(numbers.length);
    }
  });

  /** Linear interpolation between neighbours (Hyndman and Fan, 1996, type 7; R's default). */
  function quantile(sorted: readonly number[], share: number): number {
    const at = (sorted.length - 1) * share;
    const below = sorted[Math.floor(at)] ?? Number.NaN;
    return below + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? Number.NaN) - below);
  }

  test("of one value: no deviation, one bin", async () => {
    const { columns } = await analyse("one.csv", "a,b\n7,1.5\n");
    expect(columns[0]).toMatchObject({ mean: 7, median: 7, std_dev: null });
    expect(columns[0]?.histogram).toEqual([{ from: 7, to: 8, count: 1 }]);
    expect(columns[1]?.histogram).toEqual([{ from: 1.5, to: 1.5, count: 1 }]);
  });

  test("stay numbers that JSON can hold at the ends of the scale", async () => {
    const { columns } = await analyse("ends.csv", "a,b\n1e300,9007199254740993\n-1e308,1\n1e308,2\ninf,3\n");
    expect(columns[0]).toMatchObject({ count: 3, nulls: 1, min: -1e308, max: 1e308, std_dev: null });
    expect(columns[1]).toMatchObject({ type: "integer", max: "9007199254740993", min: 1 });
  });
});

describe("files", () => {
  test.each([
    ["quotes", 'a,b\n1,"he said ""hi"", and left"\n', 'he said "hi", and left'],
    ["line breaks in quotes", 'a,b\r\n1,"two\r\nlines"\r\n', "two\r\nlines"],
    ["a byte order mark", "\uFEFFa,b\n1,x\n", "x"],
    ["semicolons", "a;b\n1;x,y\n", "x,y"],
    ["tabs", "a\tb\n1\tx\n", "x"],
    ["pipes", "a|b\n1|x\n", "x"],
    ["line ends of two kinds", "a,b\n1,x\r\n", "x"],
    ["a quote inside a plain field", 'a,b\n1,5" pipe\n', '5" pipe'],
    ["no line end at the end", "a,b\n1,x", "x"],
  ])("with %s", async (_what, data, value) => {
    const { rows, columns } = await analyse("file.csv", data);
    expect(rows).toBe(1);
    expect(columns.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(columns[0]).toMatchObject({ type: "integer", min: 1 });
    expect(columns[1]?.values).toEqual([{ value, count: 1 }]);
  });

  test("with a header only have no rows, and columns all the same", async () => {
    const { rows, columns } = await analyse("head.csv", "a,b,c\n");
    expect(rows).toBe(0);
    expect(columns.map(({ name, count, min }) => [name, count, min])).toEqual([
      ["a", 0, null],
      ["b", 0, null],
      ["c", 0, null],
    ]);
  });

  test("with values of two kinds in a column make it text, also when the other kind comes late", async () => {
    const lines = Array.from({ length: 30_000 }, (_, line) => `${line},${line % 2 ? "" : "NA"}`);
    const { columns, rows } = await analyse("mixed.csv", `a,b\n${lines.join("\n")}\nlast,7\n`);
    expect(rows).toBe(30_001);
    expect(columns[0]).toMatchObject({ type: "text", distinct: 30_001 });
    expect(columns[1]).toMatchObject({ type: "integer", nulls: 30_000, count: 1 });
  });

  test("that are not UTF-8 are read as Latin-1, and say so", async () => {
    const bytes = Buffer.from("name,v\nJos\xE9,1\nM\xFCller,2\n", "latin1");
    const { columns, source, context } = await analyse("latin.csv", bytes);
    expect(columns[0]).toMatchObject({ min: "José", max: "Müller" });
    expect(source?.encoding).toBe("latin-1");
    expect(context.logs).toMatchObject([{ level: "warn" }]);
  });

  test("without a header, with a chosen delimiter, and with chosen columns", async () => {
    const bare = await analyse("bare.csv", "1,2\n3,4\n", { header: false });
    expect(bare.rows).toBe(2);
    const headed = await analyse("headed.csv", "1,2\n3,4\n", { header: true });
    expect(headed.columns.map(({ name }) => name)).toEqual(["1", "2"]);
    const chosen = await analyse("chosen.csv", "a:b,c:d\n1:2:3\n", { delimiter: ":", columns: ["d", "a"] });
    expect(chosen.columns.map(({ name, max }) => [name, max])).toEqual([
      ["d", 3],
      ["a", 1],
    ]);
    const tabbed = await analyse("tabbed.csv", "a\tb,c\n1\t2,3\n", { delimiter: "tab" });
    expect(tabbed.columns.map(({ name }) => name)).toEqual(["a", "b,c"]);
  });

  test("of JSON lines", async () => {
    const { columns, source } = await analyse(
      "log.jsonl",
      '{"a":1,"b":"x","c":{"d":1}}\n{"a":2.5,"b":null}\n',
    );
    expect(source?.format).toBe("json");
    expect(columns.map(({ name, type, nulls }) => [name, type, nulls])).toEqual([
      ["a", "decimal", 0],
      ["b", "text", 1],
      ["c", "other", 1],
    ]);
  });

  test("of Parquet", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "taskwright-parquet-"));
    const file = path.join(folder, "small.parquet");
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT * FROM (VALUES (1, 1.5::DOUBLE, TIMESTAMP '2024-01-02 03:04:05'), (2, NULL, NULL), (3, 3.5, NULL))
       AS sold (id, price, sold_at)) TO '${file}' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    const { rows, columns } = await run({ file_id: await bench.upload("small.parquet", { path: file }) });
    await rm(folder, { recursive: true });
    expect(rows).toBe(3);
    expect(columns).toMatchObject([
      { name: "id", type: "integer", max: 3 },
      { name: "price", type: "decimal", mean: 2.5, nulls: 1 },
      { name: "sold_at", type: "timestamp", min: "2024-01-02 03:04:05" },
    ]);
  });

  test("of a thousand columns keep within the bound of a result; the artifact holds all", async () => {
    const names = Array.from({ length: 1000 }, (_, at) => `a column with a rather long name, number ${at}`);
    const row = (line: number) => names.map((_, at) => (at * line) / 7).join(",");
    const data = `${names.map((name) => `"${name}"`).join(",")}\n${[1, 2, 3, 4, 5].map(row).join("\n")}\n`;
    const found = await analyse("wide.csv", data);
    const { context, ...shown } = found;
    expect(shown).toMatchObject({ column_count: 1000, truncated: true });
    expect(Buffer.byteLength(JSON.stringify(shown))).toBeLessThan(256 * 1024);
    expect(shown.columns.length).toBeGreaterThan(500);
    const lines = (await bench.artifact(shown.artifact_id)).toString().trimEnd().split("\r\n");
    expect(lines.length).toBe(1001);
    expect(context.stored).toMatchObject([{ name: "statistics.csv", mediaType: "text/csv" }]);
  }, 60_000);
});

describe("files that can't be read fail at once, saying where and why", () => {
  test.each([
    ["an empty one", "", "bad.csv: the file is empty"],
    ["one of blank lines", "\n\n", "bad.csv: the file is empty"],
    [
      "an unclosed quote",
      'a,b\n1,"x\ny"\n2,"oops\n3,4\n',
      "bad.csv, line 4: the quote opened here is never closed",
    ],
    [
      "too many fields",
      "a,b\n1,2\n3,4,5\n6,7\n",
      "bad.csv, line 3: there are 3 fields where 2 were expected",
    ],
    ["too few fields", "a,b,c\n1,2,3\n\n3,4\n", "bad.csv, line 4: there are 2 fields where 3 were expected"],
    [
      "text after a quote",
      'a,b\n1,"x"y\n',
      "bad.csv, line 2: there is text after the closing quote of a field",
    ],
    [
      "an endless line",
      `a,b\n1,"${"x".repeat(3_000_000)}"\n`,
      "bad.csv, line 2: the line is longer than 2097152 bytes",
    ],
    [
      "an image",
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1]),
      "bad.csv: the file is not CSV, TSV, Excel (.xlsx), JSON Lines or Parquet (it contains NUL bytes)",
    ],
    ["five thousand columns", "a,".repeat(5000), "bad.csv: the file has 5001 columns; the limit is 4096"],
  ])("%s", async (_what, data, message) => {
    const failure = await analyse("bad.csv", data).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Discard);
    expect(failure).toMatchObject({ message });
  });

  test("broken JSON lines", async () => {
    const failure = analyse("bad.jsonl", '{"a":1}\n{"a":}\n');
    await expect(failure).rejects.toThrow(/^bad\.jsonl, line 2: /);
    await expect(failure).rejects.toThrow(Discard);
  });

  test.each([
    ["100 KB of opening brackets", "deep.json", "[".repeat(100_000), 1],
    ["lists nested 5,000 deep", "deep.json", `[{"a":${"[".repeat(5000)}${"]".repeat(5000)}}]`, 1],
    ["objects nested 5,000 deep", "deep.jsonl", `{"a":1}\n${'{"a":'.repeat(5000)}1${"}".repeat(5000)}\n`, 2],
    ["one level too many", "deep.jsonl", `{"a":${"[".repeat(64)}${"]".repeat(64)}}\n`, 1],
    ["behind a broken text", "deep.jsonl", `{"a":"x\n{"b":${"[".repeat(5000)}${"]".repeat(5000)}}\n`, 2],
    ["behind an escaped quote", "deep.json", `[{"a":"\\\\"},\n{"b":${"[".repeat(5000)}`, 2],
  ])("deeply nested JSON: %s", async (_what, name, data, line) => {
    const failure = await analyse(name, data).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Discard);
    expect(failure).toMatchObject({
      message:
        `${name}, line ${line}: the values are nested more than 64 levels deep; the limit is 64 levels. ` +
        "Flatten them, or store the inner part as a text",
    });
  });

  test("brackets in texts are no nesting, and 64 levels are read", async () => {
    const deepest = `{"a":${"[".repeat(63)}1${"]".repeat(63)},"b":"\\"${"[".repeat(1000)}"}\n`;
    const { rows, columns } = await analyse("flat.jsonl", deepest.repeat(2));
    expect(rows).toBe(2);
    expect(columns.map(({ type }) => type)).toEqual(["list", "text"]);
  });

  test("broken Parquet, without a path of this machine in the words", async () => {
    const failure = await analyse("bad.parquet", "PAR1 and nothing more").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Discard);
    expect(String(failure)).toMatch(/bad\.parquet cannot be read: /);
    expect(String(failure)).not.toContain("/tmp");
  });

  test("a column that is not there", async () => {
    const failure = analyse("some.csv", "a,b\n1,2\n", { columns: ["c"] });
    await expect(failure).rejects.toThrow('some.csv: column "c" does not exist; the file has: a, b');
  });
});

test("statistics.csv runs no formula in a spreadsheet", async () => {
  const { artifact_id } = await analyse("evil.csv", "=cmd|' /C calc'!A0,@b\n-5,+x\n-7,-y\n");
  const lines = (await bench.artifact(artifact_id)).toString().split("\r\n");
  expect(lines[1]).toMatch(/^"'=cmd\|' \/C calc'!A0",integer,2,0,2,-7,-5,/);
  expect(lines[2]).toMatch(/^"'@b",text,2,0,2,"'\+x","'-y",/);
});

describe("a sample", () => {
  test("of a thousand rows by default, the same every time", async () => {
    const context = bench.context();
    const first = await run({}, context);
    expect(first).toMatchObject({ rows: 1000, column_count: 8, simulated: true });
    expect(first.source).toBeUndefined();
    const second = await run({ rows: 1000 });
    expect(second.columns).toEqual(first.columns);
    const percents = context.updates.map(({ percent }) => percent ?? 0);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    expect(context.updates.at(-1)).toEqual({ percent: 100, message: "1,000 rows, 8 columns" });
    expect([...new Set(context.updates.flatMap(({ stage }) => stage ?? []))]).toEqual([
      "generate the sample",
      "column statistics",
      "histograms",
      "write artifacts",
    ]);
  });

  test("has the rows that were asked for", async () => {
    for (const rows of [1, 7, 100_000]) {
      const { columns, ...rest } = await run({ rows, duration_seconds: 0 });
      expect(rest.rows).toBe(rows);
      expect(column(columns, "order_id")).toMatchObject({ count: rows, distinct: rows, min: 1, max: rows });
    }
  });
});

describe("a cancel", () => {
  /** Cancels as soon as the handler reports something for which `when` holds; the same work, not cancelled, runs alongside. */
  async function cancelWhen(parameters: object, when: (percent: number, stage: string) => boolean) {
    const before = (await readdir(tmpdir())).filter(isScratch);
    const start = (onProgress: (update: ProgressUpdate) => void) => {
      const controller = new AbortController();
      const abort = () => controller.abort(new Aborted("cancel", "cancelled"));
      const said = (update: ProgressUpdate) => {
        if (!controller.signal.aborted) onProgress(update);
        else afterCancel.push(update);
      };
      const afterCancel: ProgressUpdate[] = [];
      const context = bench.context({ signal: controller.signal, onProgress: said });
      const ended = run(parameters, context).then(
        () => "finished",
        (error: unknown) => error,
      );
      return { abort, context, ended, afterCancel };
    };
    const twin = start(() => undefined);
    const cancelled = start(({ percent = 0, stage = "" }) => {
      if (when(percent, stage)) cancelled.abort();
    });
    const first = await Promise.race([cancelled.ended, twin.ended.then(() => "the other one")]);
    expect(first).toBeInstanceOf(Aborted);
    expect(cancelled.context.stored).toEqual([]);
    expect(cancelled.afterCancel).toEqual([]);
    twin.abort();
    expect(await twin.ended).toBeInstanceOf(Aborted);
    await vi.waitFor(async () => {
      expect((await readdir(tmpdir())).filter(isScratch)).toEqual(before);
    }, 10_000);
  }
  const isScratch = (name: string) => name.startsWith("taskwright-work-");

  test("stops a big file while it is read", async () => {
    const line = `${"1234567,some text,3.25,2024-01-01\n".repeat(20_000)}`;
    const file_id = await bench.upload("big.csv", Buffer.from(`a,b,c,d\n${line.repeat(80)}`));
    await cancelWhen({ file_id }, (percent, stage) => stage === "read the file" && percent > 0);
  }, 60_000);

  test.each(["generate the sample", "column statistics", "histograms"])("stops in: %s", async (name) => {
    await cancelWhen({ rows: 300_000 }, (_percent, stage) => stage === name);
  });

  test("ends the wait of a slow sample", async () => {
    vi.stubEnv("TASKWRIGHT_PACE", "1");
    await cancelWhen({ duration_seconds: 60 }, () => true);
    vi.stubEnv("TASKWRIGHT_PACE", "0");
  });

  test("interrupts the query that runs: DuckDB has nothing left to do when the session closes", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "taskwright-cancel-"));
    const controller = new AbortController();
    const session = await openSession({ folder, file: undefined, signal: controller.signal });
    const events: string[] = [];
    // Hours of work, were it not interrupted.
    const query = session
      .run("SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE hash(a.range + b.range) = 1")
      .catch((error: unknown) => events.push(error instanceof Aborted ? "interrupted" : String(error)));
    controller.abort(new Aborted("cancel", "cancelled"));
    await session.close();
    events.push("closed");
    await query;
    expect(events).toEqual(["interrupted", "closed"]);
    await rm(folder, { recursive: true });
  });
});

describe("parameters", () => {
  const check = async (value: unknown) => {
    const checked = await dataProcessing.input["~standard"].validate(value);
    return checked.issues?.map(({ path }) => path?.join("/")) ?? [];
  };

  test("take a file or a number of rows, not both", async () => {
    const file_id = "01890a5d-ac96-774b-bcce-b302099a80ab";
    expect(await check({})).toEqual([]);
    expect(await check({ file_id, header: true, delimiter: ";", columns: ["a"] })).toEqual([]);
    expect(await check({ file_id, rows: 5 })).toEqual(["rows"]);
    expect(await check({ rows: 5, header: true })).toEqual(["header"]);
    expect(await check({ rows: 0 })).toEqual(["rows"]);
    expect(await check({ rows: "5" })).toEqual(["rows"]);
    expect(await check({ rows: 10_000_001 })).toEqual(["rows"]);
    expect(await check({ file_id, delimiter: '"' })).toEqual(["delimiter"]);
  });

  test("of the examples fit", async () => {
    for (const example of dataProcessing.examples) expect(await check(example.parameters)).toEqual([]);
  });
});
