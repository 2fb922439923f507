// Checks of the local installation: Node, SQLite and the optional packages.
import { createRequire } from "node:module";
import { StoreError } from "../../store/store.js";
import { type Finding, ok, problem, warning } from "./finding.js";

const manifest: { readonly engines: { readonly node: string } } = createRequire(import.meta.url)(
  "../../../package.json",
);

export function checkNode(version: string = process.versions.node): Finding {
  const least = manifest.engines.node.replace(/^>=/, "");
  const [wantedMajor = 0, wantedMinor = 0] = least.split(".").map(Number);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) {
    return ok("Node", `${version} (${least} or newer is required)`);
  }
  return problem("Node", `${version} is too old`, `install Node ${least} or newer`);
}

export async function checkSqlite(): Promise<Finding> {
  try {
    const { default: Database } = await import("better-sqlite3");
    const { checkEngine, engineVersion } = await import("../../store/sqlite/connection.js");
    const database = new Database(":memory:");
    try {
      const version = engineVersion(database);
      checkEngine(version);
      return ok("SQLite", version);
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof StoreError) return problem("SQLite", error.message, "npm install better-sqlite3");
    const message = error instanceof Error ? error.message : String(error);
    return problem("SQLite", `better-sqlite3 fails to load: ${message}`, "npm rebuild better-sqlite3");
  }
}

const OPTIONAL = [
  { name: "@duckdb/node-api", types: "data_processing", load: () => import("@duckdb/node-api") },
  { name: "sharp", types: "image_processing", load: () => import("sharp") },
  { name: "nodemailer", types: "email", load: () => import("nodemailer") },
] as const;

/** A missing package matters only once a task of its type runs. */
export function checkPackages(): Promise<readonly Finding[]> {
  return Promise.all(
    OPTIONAL.map(async ({ name, types, load }) => {
      try {
        await load();
        return ok(name, "installed");
      } catch (error) {
        const why = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
        return warning(name, `tasks of type ${types} will fail: ${why}`, `npm install ${name}`);
      }
    }),
  );
}
