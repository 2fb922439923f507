// What a figure was measured on: printed above every table.
import { cpus, totalmem } from "node:os";

export function describeMachine(facts: Readonly<Record<string, string>>): string {
  const [first] = cpus();
  const machine = `${cpus().length} × ${first?.model.trim() ?? "unknown CPU"}, ${Math.round(totalmem() / 2 ** 30)} GB`;
  return [
    machine,
    `Node ${process.versions.node}`,
    ...Object.entries(facts).map(([name, fact]) => `${name} ${fact}`),
  ].join(" · ");
}
