// taskwright download: saves an artifact, all artifacts of a task, or an uploaded file.
import { createWriteStream } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { ApiError, type Client } from "../../client/index.js";
import { CommandFailure, EXIT } from "../failure.js";
import { addClientFlags, connect, examples } from "../flags.js";
import { print, printJson } from "../output.js";
import { resolveId } from "../resolve-id.js";

interface DownloadFlags {
  readonly output?: string;
  readonly force?: true;
  readonly json?: true;
}

interface Download {
  readonly name: string;
  readonly open: () => Promise<Response>;
}

export function addDownload(program: Command): void {
  const command = program
    .command("download")
    .description(
      "Save an artifact, all artifacts of a task, or an uploaded file. Prints the names of the files.",
    )
    .argument("<id>", "Id of an artifact, a task or an uploaded file")
    .option("-o, --output <file>", 'File to save it as; "-" writes it to stdout')
    .option("--force", "Replace files that exist")
    .option("--json", "Print one JSON object per file: name and size_bytes");
  addClientFlags(command).action(async (id: string, flags: DownloadFlags) => {
    const { client } = connect(command);
    const downloads = await find(client, id);
    const { output } = flags;
    if (output !== undefined && downloads.length > 1) {
      throw new CommandFailure(
        EXIT.usage,
        `the task has ${downloads.length} artifacts; leave out --output, or give the id of one: ` +
          downloads.map(({ name }) => name).join(", "),
      );
    }
    for (const { name, open } of downloads) {
      if (output === "-") {
        await pipeline(bytesOf(await open()), process.stdout, { end: false });
        continue;
      }
      const place = output ?? safeName(name);
      const size_bytes = await save(place, await open(), flags.force === true);
      if (flags.json) printJson({ name: place, size_bytes });
      else print(place);
    }
  });
  command.addHelpText(
    "after",
    examples([
      "taskwright download 0199d8a4-6c32-7b1e-9f04-2ad0c85e7713",
      "taskwright download 0199d8a4-7e01-7c55-8a0e-5b1f0c9f2d11 -o statistics.csv",
      "taskwright download 0199d8a4-7e01-7c55-8a0e-5b1f0c9f2d11 -o - | head",
    ]),
  );
}

/** A task has artifacts; anything else is one itself, or an uploaded file. Throws CommandFailure where it is none of these. */
async function find(client: Client, given: string): Promise<readonly Download[]> {
  const id = await resolveId(client, given);
  const artifacts = await unlessMissing(client.artifacts(id));
  if (artifacts?.length === 0) throw new CommandFailure(EXIT.notFound, `task ${id} has no artifacts`);
  if (artifacts) return artifacts.map((one) => ({ name: one.name, open: () => client.download(one.id) }));
  const reply = (await unlessMissing(client.download(id))) ?? (await unlessMissing(client.downloadFile(id)));
  if (!reply) throw new CommandFailure(EXIT.notFound, `there is no artifact, task or uploaded file ${given}`);
  return [{ name: nameIn(reply.headers) ?? id, open: async () => reply }];
}

async function unlessMissing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** The file name that the server gives (RFC 6266). */
function nameIn(headers: Headers): string | undefined {
  const disposition = headers.get("content-disposition") ?? "";
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  if (encoded !== undefined) return decodeURIComponent(encoded);
  return /filename="([^"]*)"/i.exec(disposition)?.[1];
}

/** In this folder, whatever the name says, and not hidden. */
function safeName(name: string): string {
  const base = path.basename(name.replaceAll("\\", "/")).replaceAll(/\p{Cc}/gu, "_");
  return /^\.*$/.test(base) ? "download" : base.replace(/^\.+/, "_");
}

async function save(place: string, reply: Response, mayReplace: boolean): Promise<number> {
  const target = createWriteStream(place, { flags: mayReplace ? "w" : "wx" });
  try {
    await pipeline(bytesOf(reply), target);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      throw new CommandFailure(EXIT.usage, `${place} exists; add --force to replace it, or choose --output`);
    }
    throw error;
  }
  return target.bytesWritten;
}

function bytesOf(reply: Response): Readable {
  return Readable.from(reply.body ?? []);
}
