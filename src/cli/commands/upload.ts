// taskwright upload: uploads files for tasks and prints their ids.
import type { Command } from "commander";
import { addClientFlags, connect, examples } from "../flags.js";
import { print, printJson } from "../output.js";
import { forEachOf } from "../several.js";
import { storeFile } from "../upload.js";

export function addUpload(program: Command): void {
  const command = program
    .command("upload")
    .description(
      "Upload files for tasks, and print their ids. A file that no task uses is removed after a day.",
    )
    .argument("<file...>", "Files to upload")
    .option("--json", "Print one file per line, as returned by the API");
  addClientFlags(command).action(async (files: readonly string[], flags: { readonly json?: true }) => {
    const { client } = connect(command);
    await forEachOf(files, async (file) => {
      const stored = await storeFile(client, file);
      if (flags.json) printJson(stored);
      else print(stored.id);
    });
  });
  command.addHelpText(
    "after",
    examples([
      "taskwright upload orders.csv",
      'taskwright submit data_processing -p file_id="$(taskwright upload orders.csv)"',
    ]),
  );
}
