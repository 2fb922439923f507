// taskwright submit: submits a task described by command-line arguments.
import type { Command } from "commander";
import type { Millis } from "../../model/time.js";
import { findType } from "../find-type.js";
import {
  addClientFlags,
  connect,
  dateText,
  durationText,
  examples,
  gather,
  maxAttemptsFlag,
  priorityFlag,
} from "../flags.js";
import { parseParameters } from "../parameters/parse.js";
import { readJsonArgument } from "../parameters/read.js";
import { addWaitFlags, reportSubmitted, type WaitFlags } from "../submitted.js";
import { uploadFile } from "../upload.js";

interface SubmitFlags extends WaitFlags {
  readonly param?: readonly string[];
  readonly params?: string;
  readonly queue?: string;
  readonly priority?: number;
  readonly delay?: Millis;
  readonly runAt?: string;
  readonly expiresIn?: Millis;
  readonly timeout?: Millis;
  readonly maxAttempts?: number;
  readonly tag?: string[];
  readonly summary?: string;
}

export function addSubmit(program: Command): void {
  const command = program
    .command("submit")
    .description("Submit a task.")
    .argument("<type>", "Task type, such as data_processing")
    .option(
      "-p, --param <key=value>",
      "Set a parameter: key=value, key:=json, or key=@file to upload a file",
      gather,
    )
    .option("--params <json>", "All parameters: JSON, @file.json, or - for stdin")
    .option("-q, --queue <name>", "Queue to submit to")
    .addOption(priorityFlag())
    .option("--delay <duration>", "Start no sooner than after this time", durationText)
    .option("--run-at <date>", "Start no sooner than this date", dateText)
    .option("--expires-in <duration>", "Cancel the task if it has not started after this time", durationText)
    .option("--timeout <duration>", "Time limit of each attempt", durationText)
    .addOption(maxAttemptsFlag())
    .option("--tag <tag>", "Add a tag; can be repeated", gather)
    .option("--summary <text>", "One-line description shown in lists");
  addClientFlags(addWaitFlags(command)).action(async (name: string, flags: SubmitFlags) => {
    const { client } = connect(command);
    const { parameters_schema: schema } = await findType(client, name);
    const parameters = await parseParameters(flags.param ?? [], {
      schema,
      base: flags.params === undefined ? undefined : await readJsonArgument(flags.params),
      upload: (file) => uploadFile(client, file),
    });
    const task = await client.submit(name, parameters, {
      queue: flags.queue,
      priority: flags.priority,
      delay: flags.delay,
      run_at: flags.runAt,
      expires_in: flags.expiresIn,
      timeout: flags.timeout,
      max_attempts: flags.maxAttempts,
      tags: flags.tag,
      summary: flags.summary,
    });
    await reportSubmitted(client, task, flags);
  });
  command.addHelpText(
    "after",
    `\nValues are converted according to the schema of the task type; repeating a key builds a list.
${examples([
  "taskwright submit data_processing -p rows=5000 --wait",
  "taskwright submit data_processing -p file_id=@sales.csv --priority 10",
  "taskwright submit email -p recipients=ana@example.com -p recipients=bo@example.com -p subject=Hello -p text=Hi",
  `taskwright submit image_processing --params '{"image_count": 3, "operation": "blur"}' --delay 5m`,
])}`,
  );
}
