// taskwright init: creates a project with one example task type, ready to run.
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { CommandFailure, EXIT } from "../failure.js";
import { examples } from "../flags.js";
import { projectFiles } from "../init/project-files.js";
import { print, say } from "../output.js";
import { quote } from "../parameters/words.js";

export function addInit(program: Command): void {
  program
    .command("init")
    .description("Create a project with an example task type. Never overwrites a file.")
    .argument("[folder]", "Folder of the project, created if missing", ".")
    .action(init)
    .addHelpText("after", examples(["taskwright init my-tasks", "cd my-tasks && npm install && npm start"]));
}

async function init(folder: string): Promise<void> {
  const root = path.resolve(folder);
  const files = projectFiles(path.basename(root));
  const present = [...files.keys()].filter((file) => existsSync(path.join(root, file)));
  if (present.length > 0) {
    throw new CommandFailure(
      EXIT.error,
      `${present.join(", ")} already exists in ${folder}, and init never overwrites files; choose another folder`,
    );
  }
  const written: string[] = [];
  try {
    for (const [file, text] of files) {
      const place = path.join(root, file);
      await mkdir(path.dirname(place), { recursive: true });
      // Fails if the file was created after the check above.
      await writeFile(place, text, { flag: "wx" });
      written.push(place);
    }
  } catch (error) {
    for (const place of written) await rm(place, { force: true });
    throw error;
  }
  print(...written.map((place) => path.relative(process.cwd(), place)));
  const enter = folder === "." ? "" : `cd ${quote(folder)} && `;
  say(`\nNext: ${enter}npm install && npm start`);
}
