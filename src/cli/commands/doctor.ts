// taskwright doctor: finds problems and says how to fix them.
import type { Command } from "commander";
import { createClient } from "../../client/index.js";
import { readConfigFile } from "../../config/file.js";
import { type Config, loadConfig } from "../../config/load.js";
import { OPTION_KEYS } from "../../config/options.js";
import { isPostgresUrl } from "../../config/store-url.js";
import { systemClock } from "../../lib/clock.js";
import { checkConfiguration, checkMail } from "../doctor/configuration.js";
import { type Finding, findingLines, problem, summary } from "../doctor/finding.js";
import { checkNode, checkPackages, checkSqlite } from "../doctor/machine.js";
import { checkServer } from "../doctor/server.js";
import { CommandFailure, EXIT } from "../failure.js";
import { addConfigFlags, configFlags, examples, loadLibrary } from "../flags.js";
import { dataScreen, print, printJson, say } from "../output.js";

const KEYS = OPTION_KEYS.filter((key) =>
  ["url", "apiKey", "store", "schema", "pool", "dataDir", "host", "smtpUrl", "logLevel"].includes(key),
);

export function addDoctor(program: Command): void {
  const command = program
    .command("doctor")
    .description(
      "Check this machine, the store and the server for problems, and say how to fix them. Read-only.",
    )
    .option("--json", "Print the findings as JSON");
  addConfigFlags(command, KEYS).action(async (flags: { readonly json?: true }) => {
    const findings = await examine(async () => {
      const file = await readConfigFile(process.cwd(), loadLibrary);
      return loadConfig({ flags: configFlags(command, KEYS), env: process.env, file });
    });
    const healthy = findings.every(({ level }) => level !== "problem");
    if (flags.json) printJson({ ok: healthy, findings });
    else {
      print(...findingLines(findings, dataScreen()));
      say(`\n${summary(findings)}`);
    }
    if (!healthy) throw new CommandFailure(EXIT.error);
  });
  command.addHelpText(
    "after",
    `
Exits with 1 if a check finds a problem; warnings alone leave the exit code at 0.
${examples([
  "taskwright doctor",
  "TASKWRIGHT_URL=https://tasks.example.org taskwright doctor --json | jq '.findings[] | select(.level != \"ok\")'",
])}`,
  );
}

async function examine(load: () => Promise<Config>): Promise<readonly Finding[]> {
  const machine = [checkNode(), await checkSqlite(), ...(await checkPackages())];
  const { findings, config } = await checkConfiguration(load);
  if (!config) return [...machine, ...findings];
  const client = createClient({ url: config.url, key: config.apiKey });
  const parts = [
    () => checkPlaces(config),
    () => checkServer(client, systemClock),
    async () => [await checkMail(config.smtpUrl)],
  ];
  return [...machine, ...findings, ...(await Promise.all(parts.map(guarded))).flat()];
}

async function checkPlaces(config: Config): Promise<readonly Finding[]> {
  const { store, dataDir } = config;
  // Imported here: if better-sqlite3 fails to load, that is one finding and must not prevent the others.
  const { checkDisk, checkStore, checkWritable } = await import("../doctor/store.js");
  const { checkPostgres } = await import("../doctor/postgres.js");
  return [
    ...(isPostgresUrl(store) ? await checkPostgres(config, systemClock) : await checkStore(store)),
    checkWritable("data directory", dataDir),
    ...(await checkDisk("data disk", dataDir)),
  ];
}

/** An unexpected error in one check does not prevent the others. */
async function guarded(check: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [problem("doctor", message, "report this as a bug, with the output of taskwright --version")];
  }
}
