// Once per run, in vitest's own process: builds the program, and holds what test files share. Each shared part starts when the
// first file asks for it (see shared.ts), so a run that needs no database starts none.
import { createServer } from "node:http";
import type { BrowserServer } from "playwright-core";
import type { TestProject } from "vitest/node";
import { build } from "../../scripts/build.js";
import { launchBrowserServer } from "./browser.js";
import { startServer, type TestServer } from "./postgres.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where shared.ts asks for the address of a shared part. */
    readonly sharedParts: string;
  }
}

/** Files run beside each other, and each opens several pools. */
const POSTGRES_SETTINGS = ["max_connections=400"];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  build();
  let postgres: Promise<TestServer> | undefined;
  let browser: Promise<BrowserServer> | undefined;

  async function addressOf(part: string | undefined): Promise<string> {
    switch (part) {
      case "/postgres":
        postgres ??= startServer("fast", POSTGRES_SETTINGS);
        return (await postgres).url;
      case "/browser":
        browser ??= launchBrowserServer();
        return (await browser).wsEndpoint();
      default:
        throw new Error(`there is no shared part ${part}`);
    }
  }

  const server = createServer((request, response) => {
    addressOf(request.url).then(
      (address) => response.end(address),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server listens on no port");
  project.provide("sharedParts", `http://127.0.0.1:${address.port}`);

  return async () => {
    server.close();
    server.closeAllConnections();
    // One that did not start has failed the files that asked for it.
    const [startedServer, startedBrowser] = await Promise.allSettled([postgres, browser]);
    if (startedServer.status === "fulfilled") await startedServer.value?.remove();
    if (startedBrowser.status === "fulfilled") await startedBrowser.value?.close();
  };
}
