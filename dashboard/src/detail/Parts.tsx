// The parts of a task as tabs; the most relevant one comes first and is open.
import { Tabs } from "@base-ui/react/tabs";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { WireArtifact, WireAttempt, WireTask } from "../lib/api.js";
import { formatNumber } from "../lib/format.js";
import { CodeBox } from "../parts/CodeBox.js";
import { Artifacts, isPicture } from "./Artifacts.js";
import { Attempts } from "./Attempts.js";
import { ErrorPart } from "./ErrorPart.js";
import { Logs } from "./Logs.js";
import { Parameters } from "./Parameters.js";
import { artifactsQuery, attemptsQuery, logsQuery } from "./queries.js";
import { ResultPart } from "./ResultPart.js";

interface Part {
  readonly name: string;
  readonly count?: number | undefined;
  readonly show: () => ReactNode;
}

export function Parts({ task }: { readonly task: WireTask }) {
  const { data: artifacts = [] } = useQuery(artifactsQuery(task.id));
  const { data: attempts = [] } = useQuery(attemptsQuery(task.id));
  const { data: lines } = useQuery({ ...logsQuery(task.id, false), enabled: false });
  const [chosen, setChosen] = useState<string>();
  const parts = partsOf(task, attempts, artifacts, lines?.length);
  const opened = parts.find((part) => part.name === chosen) ?? parts[0];
  return (
    <Tabs.Root
      className="panels"
      value={opened?.name} // Until the user chooses a tab, the most relevant one is open, which may change.
      onValueChange={(value, { reason }) => reason === "none" && setChosen(String(value))}
    >
      <Tabs.List className="tabs" aria-label="Task details" activateOnFocus>
        {parts.map((part) => (
          <Tabs.Tab key={part.name} value={part.name}>
            {part.name}
            {part.count ? <span className="count">{formatNumber(part.count)}</span> : null}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {parts.map((part) => (
        <Tabs.Panel key={part.name} className="panel" value={part.name}>
          {part.show()}
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}

function partsOf(
  task: WireTask,
  attempts: readonly WireAttempt[],
  artifacts: readonly WireArtifact[],
  lines: number | undefined,
): readonly Part[] {
  const last = lastError(task, attempts);
  const error: Part[] = last
    ? [{ name: "Error", show: () => <ErrorPart error={last} attempts={attempts} /> }]
    : [];
  const tries: Part[] =
    !last && attempts.length > 0
      ? [{ name: "Attempts", count: attempts.length, show: () => <Attempts attempts={attempts} /> }]
      : [];
  const hasResult = task.result_data !== undefined && task.result_data !== null;
  const result: Part[] = hasResult
    ? [{ name: "Result", show: () => <ResultPart value={task.result_data} /> }]
    : [];
  const files: Part[] =
    artifacts.length > 0
      ? [
          {
            name: "Artifacts",
            count: artifacts.length,
            show: () => <Artifacts artifacts={artifacts} result={task.result_data} />,
          },
        ]
      : [];
  const logs: Part = { name: "Logs", count: lines, show: () => <Logs task={task} /> };
  const parameters: Part = {
    name: "Parameters",
    count: Object.keys(task.parameters ?? {}).length,
    show: () => <Parameters value={task.parameters ?? {}} />,
  };
  const raw: Part = {
    name: "Raw",
    show: () => <CodeBox label="Copy task" code={JSON.stringify(task, undefined, 2)} />,
  };
  if (task.status === "RUNNING") return [logs, ...tries, ...result, parameters, ...files, raw];
  return artifacts.length > 0 && artifacts.every(isPicture)
    ? [...error, ...files, ...result, ...tries, parameters, logs, raw]
    : [...error, ...result, ...tries, parameters, logs, ...files, raw];
}

/** The error of a task; while it waits for its retry, that of its last attempt. */
function lastError(task: WireTask, attempts: readonly WireAttempt[]): WireTask["error"] {
  if (task.error || task.status !== "PENDING") return task.error;
  return attempts.at(-1)?.error ?? null;
}
