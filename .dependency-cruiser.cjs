// The layer rules of docs/internals.md, checked on every run of `npm run check`. test/house/layers.test.ts plants violations of
// each rule. Entries name a folder ("lib/") or one file ("model/time.ts"), so that "task/" does not let "tasks/" through.
const escaped = (text) => text.replaceAll(".", "\\.");
const alternatives = (entries) =>
  `(${entries.map((entry) => (entry.endsWith("/") ? entry : `${escaped(entry)}$`)).join("|")})`;

/** Files below src/FROM/ import from src only FROM/ and what is allowed, and nothing from the dashboard. */
const layer = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: `^src/${from}/` },
  to: { path: "^(src|dashboard)/", pathNot: `^src/${alternatives([`${from}/`, ...allowed])}` },
});

/** The same between the folders of the page. */
const pageLayer = (from, allowed) => ({
  name: `dashboard-${from}`,
  comment:
    "Folders of the page form layers: lib, data, live and parts, then the pages, then the shell around them.",
  severity: "error",
  from: { path: `^dashboard/src/${from}/` },
  to: {
    path: "^dashboard/src/",
    pathNot: `^dashboard/src/${alternatives([`${from}/`, ...allowed])}`,
  },
});

const CONTRACT = ["store/store.ts", "store/wrap-store.ts", "store/contract/"];
const BASE = ["model/", "lib/"];

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      comment: "Cycles hide what depends on what.",
      from: {},
      to: { circular: true },
    },
    layer("model-is-pure", "model", [], "The words of the domain import nothing of ours."),
    {
      name: "model-does-no-io",
      severity: "error",
      comment: "model is pure: no I/O, clock or random.",
      from: { path: "^src/model/" },
      to: { dependencyTypes: ["core", "npm", "npm-dev", "npm-optional"] },
    },
    layer(
      "lib-knows-no-tasks",
      "lib",
      ["model/time.ts", "model/limits.ts"],
      "Mechanisms know durations, not tasks.",
    ),
    layer("store-stands-on-the-contract", "store", BASE, "A store sees the contract, the model and lib."),
    {
      name: "stores-are-apart",
      severity: "error",
      comment: "What two stores share belongs beside them, in src/store.",
      from: { path: "^src/store/(memory|postgres|sqlite)/" },
      to: { path: "^src/store/(memory|postgres|sqlite)/", pathNot: "^src/store/$1/" },
    },
    {
      name: "contract-knows-no-store",
      severity: "error",
      comment: "What all stores share names none of them.",
      from: { path: "^src/store/", pathNot: "^src/store/(memory|postgres|sqlite)/" },
      to: { path: "^src/store/(memory|postgres|sqlite)/" },
    },
    layer("task-is-independent", "task", BASE, "Task definitions know no queue and no store."),
    layer(
      "worker-sees-the-contract",
      "worker",
      [...BASE, ...CONTRACT, "task/", "files/files.ts"],
      "A worker sees five verbs.",
    ),
    layer(
      "maintenance-sees-the-contract",
      "maintenance",
      [...BASE, ...CONTRACT, "files/files.ts"],
      "Each is one tick.",
    ),
    layer(
      "queue-sees-the-contract",
      "queue",
      [...BASE, ...CONTRACT, "task/", "files/files.ts"],
      "The facade sees the contracts.",
    ),
    layer("files-stand-alone", "files", BASE, "Bytes know no tasks."),
    layer("tasks-use-the-public-api", "tasks", ["index.ts"], "Built-in types are written like anyone's."),
    layer("config-stands-alone", "config", [...BASE, "task/"], "Configuration is a table."),
    layer(
      "http-sees-the-queue",
      "http",
      [...BASE, "queue/", "task/"],
      "Handlers hold no logic, and reach what is stored through the queue's facade only.",
    ),
    layer(
      "client-knows-routes-and-types",
      "client",
      [
        "model/",
        "lib/clock.ts",
        "http/wire.ts",
        "http/wire/",
        "http/paths.ts",
        "http/routes.ts",
        "http/routes/",
      ],
      "The client runs in a browser.",
    ),
    {
      name: "client-is-portable",
      severity: "error",
      comment: "The client runs in a browser.",
      from: { path: "^src/client/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "built-in-types-are-passed-in",
      severity: "error",
      comment: "They import the public API, which imports app: the command line joins the two.",
      from: { path: "^src/(app|testing)/" },
      to: { path: "^src/tasks/" },
    },
    {
      name: "app-is-below-the-command-line",
      severity: "error",
      comment: "The composition root knows no terminal, no HTTP client and no tests.",
      from: { path: "^src/app/" },
      to: { path: "^src/(cli|client|testing|index\\.ts$)" },
    },
    {
      name: "command-line-is-on-top",
      severity: "error",
      comment: "Nothing imports the command line.",
      from: { path: "^(src|dashboard)/", pathNot: "^src/cli/" },
      to: { path: "^src/cli/" },
    },
    {
      name: "dashboard-uses-the-client",
      severity: "error",
      comment: "The page is the client's first user.",
      from: { path: "^dashboard/" },
      to: { path: "^src/", pathNot: "^src/(client|model)/" },
    },
    pageLayer("lib", []),
    pageLayer("data", ["lib/"]),
    pageLayer("live", ["lib/", "data/"]),
    pageLayer("parts", ["lib/", "data/"]),
    pageLayer("overview", ["lib/", "data/", "parts/"]),
    pageLayer("queues", ["lib/", "data/", "parts/"]),
    pageLayer("submit", ["lib/", "data/", "parts/"]),
    pageLayer("edit", ["lib/", "data/", "parts/", "submit/"]),
    pageLayer("tasks", ["lib/", "data/", "live/", "parts/", "overview/"]),
    pageLayer("detail", ["lib/", "data/", "parts/", "tasks/"]),
    pageLayer("shell", ["lib/", "data/", "live/", "parts/", "overview/"]),
    {
      name: "stores-are-named-once",
      severity: "error",
      comment:
        "Only the composition roots (of the program and of tests) and the command line name a concrete store.",
      from: { path: "^src/", pathNot: "^src/(store|app|cli|testing)/" },
      to: { path: "^src/store/(sqlite|memory|postgres)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Not node_modules: what is excluded matches no rule.
    exclude: { path: "^dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
