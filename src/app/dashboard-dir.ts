// Where the built page lies. Whether it is served is not decided here.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The built page, beside the compiled program or, when run from the sources, in its output folder. */
export function dashboardDir(): string | undefined {
  const candidates = ["../dashboard", "../../dist/dashboard"];
  return candidates
    .map((candidate) => fileURLToPath(new URL(candidate, import.meta.url)))
    .find((folder) => existsSync(`${folder}/index.html`));
}
