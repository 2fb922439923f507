// taskwright doctor: what is wrong here, and what to do about it.
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
    .description("Look for what is wrong, here and on the server, and say how to mend it. Changes nothing.")
    .option("--json", "print the findings as JSON");
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
Exit code 1 where something does not work; what only wants a look leaves it 0.
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
  // Loaded here: where better-sqlite3 does not load, that is a finding, and not the end of all others.
  const { checkDisk, checkStore, checkWritable } = await import("../doctor/store.js");
  const { checkPostgres } = await import("../doctor/postgres.js");
  return [
    ...(isPostgresUrl(store) ? await checkPostgres(config, systemClock) : await checkStore(store)),
    checkWritable("data folder", dataDir),
    ...(await checkDisk("disk of the data", dataDir)),
  ];
}

/** One check that fails in a way nobody thought of leaves the others standing. */
async function guarded(check: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [problem("doctor", message, "report this with the output of taskwright --version")];
  }
}
