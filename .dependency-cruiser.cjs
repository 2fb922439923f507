// The layer rules of docs/internals.md, checked on every run of `npm run check`.
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: `^src/${from}/` },
  to: { path: "^(src|dashboard)/", pathNot: `^src/(${[from, ...allowed].join("|")})` },
});

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      comment: "Cycles hide what depends on what.",
      from: {},
      to: { circular: true },
    },
    only("model-is-pure", "model", [], "The words of the domain import nothing of ours."),
    {
      name: "model-does-no-io",
      severity: "error",
      comment: "model is pure: no I/O, clock or random.",
      from: { path: "^src/model/" },
      to: { dependencyTypes: ["core", "npm"] },
    },
    only("lib-knows-no-tasks", "lib", ["model/(time|limits)"], "Mechanisms know durations, not tasks."),
    only(
      "store-stands-on-the-contract",
      "store",
      ["model", "lib"],
      "A store sees the contract, the model and lib.",
    ),
    only("task-is-independent", "task", ["model", "lib"], "Task definitions know no queue and no store."),
    only(
      "worker-sees-the-contract",
      "worker",
      ["store/store", "task", "files/files", "lib", "model"],
      "A worker sees five verbs.",
    ),
    only(
      "maintenance-sees-the-contract",
      "maintenance",
      ["store/store", "files/files", "lib", "model"],
      "Each is one tick.",
    ),
    only(
      "queue-sees-the-contract",
      "queue",
      ["store/store", "task", "lib", "model"],
      "The facade sees the contract.",
    ),
    only("files-stand-alone", "files", ["lib", "model"], "Bytes know no tasks."),
    only("tasks-use-the-public-api", "tasks", ["index"], "Built-in types are written like anyone's."),
    only("config-stands-alone", "config", ["lib", "model", "task"], "Configuration is a table."),
    only(
      "http-sees-the-queue",
      "http",
      ["queue", "store/store", "task", "files/files", "lib", "model"],
      "Handlers hold no logic.",
    ),
    only(
      "client-knows-routes-and-types",
      "client",
      ["http/(wire|routes)", "lib/clock", "model"],
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
      name: "dashboard-uses-the-client",
      severity: "error",
      comment: "The page is the client's first user.",
      from: { path: "^dashboard/" },
      to: { path: "^src/", pathNot: "^src/(client|model)/" },
    },
    {
      name: "stores-are-named-once",
      severity: "error",
      comment:
        "Only the composition roots (of the program and of tests) and the command line name a concrete store.",
      from: { path: "^src/", pathNot: "^src/(store/|app/|cli/|testing/)" },
      to: { path: "^src/store/(sqlite|memory|postgres)" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|node_modules)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
