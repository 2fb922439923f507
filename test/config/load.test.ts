import { describe, expect, expectTypeOf, test } from "vitest";
import { ConfigError } from "../../src/config/error.js";
import type { ConfigFile } from "../../src/config/file.js";
import { type Config, type ConfigSources, loadConfig } from "../../src/config/load.js";
import { flagOf, OPTION_KEYS, TABLE, variableOf } from "../../src/config/options.js";

const load = (sources: Partial<ConfigSources> = {}) => loadConfig({ flags: {}, env: {}, ...sources });
const file = (options: Record<string, unknown>): ConfigFile => ({
  path: "taskwright.config.ts",
  tasks: [],
  options,
});

function faultsOf(sources: Partial<ConfigSources>): readonly string[] {
  try {
    load(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test("without sources everything has its default", () => {
  expect(load()).toMatchObject({
    port: 8000,
    host: "127.0.0.1",
    store: "data/taskwright.db",
    dataDir: "data",
    concurrency: 10,
    worker: true,
    durability: "full",
    keepFinished: 30 * 86_400_000,
    uploadLimit: 1024 ** 3,
    smtpUrl: undefined,
    smtpFromAllowed: undefined,
    tasks: [],
  });
});

test("types follow from the table", () => {
  expectTypeOf<Config["port"]>().toEqualTypeOf<number>();
  expectTypeOf<Config["durability"]>().toEqualTypeOf<"full" | "normal">();
  expectTypeOf<Config["apiKey"]>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Config["allowedHosts"]>().toEqualTypeOf<readonly string[]>();
});

test("flags beat environment beats file", () => {
  const env = { TASKWRIGHT_PORT: "2", TASKWRIGHT_DRAIN: "2s" };
  const config = load({ flags: { port: "1" }, env, file: file({ port: 3, drain: "3s", concurrency: 3 }) });
  expect(config).toMatchObject({ port: 1, drain: 2000, concurrency: 3 });
});

test("an empty variable counts as absent, and variables of others are left alone", () => {
  expect(load({ env: { TASKWRIGHT_API_KEY: "", TASKWRIGHTISH: "x", PORT: "1" } }).apiKey).toBeUndefined();
});

test.each([
  ["port", "0", 0],
  ["worker", "false", false],
  ["insecure", "1", true],
  ["uploadLimit", "1.5 MB", 1.5 * 1024 ** 2],
  ["keepFinished", "90m", 90 * 60_000],
  ["allowedHosts", "a.example, b.example", ["a.example", "b.example"]],
  ["pace", "0.25", 0.25],
  ["queues", "images,reports", ["images", "reports"]],
  ["migrate", "false", false],
  ["store", "postgres://u:p%23ss@db:5432/tasks", "postgres://u:p%23ss@db:5432/tasks"],
  ["store", "postgresql://u:p@/tasks?host=/run/postgresql", "postgresql://u:p@/tasks?host=/run/postgresql"],
  ["smtpUrl", "smtp://u:p@mail:587", "smtp://u:p@mail:587"],
  ["smtpFrom", "Shop <shop@example.org>", "Shop <shop@example.org>"],
  ["smtpFromAllowed", "a@example.org, *@example.com,@b", ["a@example.org", "*@example.com", "@b"]],
] as const)("reads %s=%s", (key, raw, value) => {
  expect(load({ env: { [variableOf(key)]: raw } })[key]).toEqual(value);
});

test.each([
  ["port", "65536"],
  ["port", "80.5"],
  ["port", ""],
  ["concurrency", "0"],
  ["worker", "maybe"],
  ["uploadLimit", "1 GiB"],
  ["keepFinished", "a month"],
  ["allowedHosts", "a,,b"],
  ["store", "mysql://localhost/x"],
  ["url", "localhost:8000"],
  ["durability", "none"],
  ["smtpFrom", "Shop"],
  ["smtpFrom", "a@example.org, b@example.org"],
  ["smtpFromAllowed", "example.org"],
  ["smtpFromAllowed", "Shop <shop@example.org>"],
  ["host", " "],
] as const)("refuses %s=%s", (key, raw) => {
  expect(faultsOf({ flags: { [key]: raw } })).toEqual([
    `${flagOf(key)}: "${raw}" is invalid; it must be ${TABLE[key].kind.allowed}`,
  ]);
});

describe("what is wrong", () => {
  test("names the source, all faults at once", () => {
    const faults = faultsOf({
      flags: { port: "x" },
      env: { TASKWRIGHT_PACE: "fast" },
      file: file({ drain: [1] }),
    });
    expect(faults).toEqual([
      '--port: "x" is invalid; it must be a whole number from 0 to 65535',
      expect.stringMatching(/^taskwright\.config\.ts: drain: \[1\] is invalid; it must be a number/),
      'TASKWRIGHT_PACE: "fast" is invalid; it must be a number from 0 to 1000',
    ]);
  });

  test("unknown names come with the one that was meant", () => {
    expect(faultsOf({ env: { TASKWRIGHT_PROT: "1" } })).toEqual([
      "TASKWRIGHT_PROT: unknown setting; did you mean TASKWRIGHT_PORT?",
    ]);
    expect(faultsOf({ file: file({ data_dir: "x", task: [], colour: 1 }) })).toEqual([
      "taskwright.config.ts: data_dir: unknown setting; did you mean dataDir?",
      "taskwright.config.ts: task: unknown setting; did you mean tasks?",
      "taskwright.config.ts: colour: unknown setting",
    ]);
  });

  test.each([
    "mysql://ana:hunter2@db/tasks",
    "postgres://ana:hunter2#@db/tasks",
    "postgres://ana:hunter2%@db/tasks",
  ])("the password in %s is not repeated", (store) => {
    const [fault] = faultsOf({ env: { TASKWRIGHT_STORE: store } });
    expect(fault).toMatch(/^TASKWRIGHT_STORE: "\w+:\/\/.*is invalid; it must be the path of a SQLite file/);
    expect(fault).not.toContain("hunter2");
  });

  test("secrets are not repeated", () => {
    const [fault] = faultsOf({ env: { TASKWRIGHT_SMTP_URL: "http://user:hunter2@mail" } });
    expect(fault).toBe(
      "TASKWRIGHT_SMTP_URL: the value is invalid; it must be a URL that starts with smtp:// or smtps://",
    );
  });
});

test("every default is one of its own allowed values, and reads back as it is printed", () => {
  function check<K extends keyof typeof TABLE>(key: K): void {
    const { kind, default: preset } = TABLE[key];
    const printed = kind.print(preset);
    if (printed !== "") expect(kind.read(printed)).toEqual(preset);
  }
  for (const key of OPTION_KEYS) check(key);
});
