// One round of one system: a fresh place, a child in it, and what both cost while the child did something.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Answer, Command } from "./peer.js";
import { type PostgresServer, startPostgres } from "./postgres.js";
import { type Child, startChild } from "./process.js";
import { startRedis } from "./redis.js";
import { difference, NOTHING, type Site } from "./servers.js";
import type { System } from "./systems.js";

/** What an answer took from the machine: the client's process, its server, and both. */
export interface Cost {
  readonly answer: Answer;
  readonly clientCpuMillis: number;
  readonly serverCpuMillis: number;
  readonly writtenBytes: number;
  readonly walBytes: number;
  readonly statements: number;
}

export interface Round {
  readonly site: Site;
  /** Another process of the same system in the same place. */
  start(): Child;
  /** Asks a child, and measures what it and the server spend on it. */
  measure(child: Child, command: Command): Promise<Cost>;
}

export interface Bench {
  readonly postgres: () => Promise<PostgresServer>;
  /** Runs `work` in a fresh place, and removes place and children, whatever happens. */
  round<Value>(system: System, work: (round: Round) => Promise<Value>): Promise<Value>;
  /** Stops the server, and removes what a round left that did not end. */
  close(): Promise<void>;
}

export function createBench(postgresUrl: string | undefined): Bench {
  let server: Promise<PostgresServer> | undefined;
  const folders = new Set<string>();
  const postgres = () => {
    server ??= startPostgres(postgresUrl);
    return server;
  };

  async function siteOf(system: System, folder: string): Promise<Site> {
    switch (system.needs) {
      case "postgres":
        return (await postgres()).site(folder);
      case "redis":
        return startRedis("off");
      case "redis-aof":
        return startRedis("everysec");
      case "folder":
        return {
          place: { kind: "folder", folder },
          settle: async () => undefined,
          sample: async () => NOTHING,
          memoryBytes: () => Number.NaN,
          remove: async () => undefined,
        };
    }
  }

  return {
    postgres,
    async round(system, work) {
      const folder = mkdtempSync(path.join(tmpdir(), "taskwright-peers-"));
      folders.add(folder);
      const children: Child[] = [];
      try {
        const site = await siteOf(system, folder);
        try {
          return await work({
            site,
            start() {
              const child = startChild(system, site.place);
              children.push(child);
              return child;
            },
            measure: (child, command) => measure(site, child, command),
          });
        } finally {
          await Promise.all(children.map((child) => child.stop()));
          await site.remove();
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
        folders.delete(folder);
      }
    },
    async close() {
      await (await server)?.stop();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function measure(site: Site, child: Child, command: Command): Promise<Cost> {
  const before = { server: await site.sample(), client: child.usage() };
  const answer = await child.ask(command);
  const client = child.usage();
  const server = difference(await site.sample(), before.server);
  return {
    answer,
    clientCpuMillis: client.cpuMillis - before.client.cpuMillis,
    serverCpuMillis: server.cpuMillis,
    writtenBytes: client.writtenBytes - before.client.writtenBytes + server.writtenBytes,
    walBytes: server.walBytes,
    statements: server.statements,
  };
}
