// Lists source files that are longer than a reader should have to hold in mind, and fails if there are any.
// `npm run lint` runs it; the folder to look at may be given, for its test.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const MOST_LINES = 300;
const FOLDERS = ["src", "dashboard/src"];
const SOURCE = /\.(ts|tsx|css)$/;

const root = process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url));

const tooLong = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => SOURCE.test(name))
    .map((name) => path.join(folder, name)),
)
  .map((file) => ({ file, lines: readFileSync(path.join(root, file), "utf8").trimEnd().split("\n").length }))
  .filter(({ lines }) => lines > MOST_LINES);

for (const { file, lines } of tooLong) {
  process.stderr.write(
    `${file}: ${lines} lines; the limit is ${MOST_LINES}. Split it by what its parts do.\n`,
  );
}
if (tooLong.length > 0) process.exitCode = 1;
