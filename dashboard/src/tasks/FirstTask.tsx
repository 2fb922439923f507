// The start page of an empty server: its state, a command that works as shown, and example tasks to start with one click.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { TASKS } from "../data/cache.js";
import { healthQuery, taskTypesQuery, workersQuery } from "../data/queries.js";
import { type RequestForm, requestAs } from "../data/submit-request.js";
import { client, type WireTaskType } from "../lib/api.js";
import { BASE_PATH, SERVER_URL } from "../lib/base.js";
import { formatStore, plural } from "../lib/format.js";
import { CodeBox } from "../parts/CodeBox.js";
import { Glyph } from "../parts/Glyph.js";
import { Segment } from "../parts/Segment.js";
import { toastError } from "../parts/toasts.js";

const FORMS = [
  { value: "curl", label: "curl" },
  { value: "cli", label: "CLI" },
  { value: "typescript", label: "TypeScript" },
] as const satisfies readonly { value: RequestForm; label: string }[];

interface Example {
  readonly type: WireTaskType;
  readonly title: string;
  readonly parameters: Record<string, unknown>;
}

/** The first example of each type, at most three. Where there is a simulation, it goes first: the real one needs a set-up. */
function examplesOf(types: readonly WireTaskType[]): readonly Example[] {
  const isSimulated = ({ name }: WireTaskType) => types.some((type) => type.name === `${name}_simulation`);
  return [...types]
    .sort((a, b) => Number(isSimulated(a)) - Number(isSimulated(b)))
    .flatMap((type) => type.examples.slice(0, 1).map((example) => ({ type, ...example })))
    .slice(0, 3);
}

export function FirstTask() {
  const { data: health } = useQuery(healthQuery);
  const { data: workers = [] } = useQuery(workersQuery);
  const { data: types = [] } = useQuery(taskTypesQuery);
  const [form, setForm] = useState<(typeof FORMS)[number]["value"]>("curl");
  const examples = examplesOf(types);
  const [first] = examples;
  const [worker] = workers;
  return (
    <div className="first">
      <h2>Ready for your first task</h2>
      <p className="lead">
        {worker ? "The server is running and a worker is waiting for tasks." : "The server is running."}
      </p>
      <ol className="steps">
        <Step done title="Server running">
          <p>
            Listening on <code>{SERVER_URL}</code>
            {health && `, storing tasks in ${formatStore(health.store)}`}
          </p>
        </Step>
        <Step done={worker !== undefined} title={worker ? "Worker running" : "No worker running"}>
          {worker && (
            <p>
              <b className="strong">{worker.host}</b> handles {plural(worker.task_types.length, "task type")}{" "}
              and runs up to {plural(worker.slots, "task")} at a time
            </p>
          )}
        </Step>
        <Step done={false} title="Submit a task">
          <p>Paste this into a terminal:</p>
          {first && (
            <div className="snippet">
              <div className="copy-head">
                <Segment label="Language" value={form} options={FORMS} onChange={setForm} />
              </div>
              <CodeBox
                label="Copy snippet"
                code={requestAs(
                  form,
                  { task_type: first.type.name, parameters: first.parameters },
                  SERVER_URL,
                )}
              />
            </div>
          )}
          <p className="listen" data-status="PENDING">
            <span className="glyph">
              <Glyph status="PENDING" />
            </span>
            Waiting. This page updates when the first task arrives.
          </p>
        </Step>
        <li>
          <span />
          <div>
            <h3>Or start one here</h3>
            <p>Examples of this server's task types, with parameters.</p>
            <ul className="tries">
              {examples.map((example) => (
                <Try key={example.type.name} example={example} />
              ))}
            </ul>
          </div>
        </li>
      </ol>
      <p className="more-links">
        <Link to="/new">Fill in a form</Link>
        <a href={`${BASE_PATH}/docs`}>Read the API docs</a>
      </p>
    </div>
  );
}

interface StepProps {
  readonly done: boolean;
  readonly title: string;
  readonly children: React.ReactNode;
}

function Step({ done, title, children }: StepProps) {
  return (
    <li>
      {done ? (
        <span className="step-mark" data-status="SUCCESS">
          <Glyph status="SUCCESS" />
        </span>
      ) : (
        <span className="step-mark open" />
      )}
      <div>
        <h3>{title}</h3>
        {children}
      </div>
    </li>
  );
}

function Try({ example }: { readonly example: Example }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const start = () => {
    setBusy(true);
    client
      .submit(example.type.name, example.parameters)
      .then(async (task) => {
        await queryClient.invalidateQueries({ queryKey: [TASKS] });
        await navigate({ to: "/tasks/$taskId", params: { taskId: task.id } });
      })
      .catch((error: unknown) => toastError("Couldn't start the task.", error))
      .finally(() => setBusy(false));
  };
  return (
    <li>
      <b>{example.title}</b>
      <span className="hint">{example.type.description}</span>
      <button type="button" className="btn btn-small" disabled={busy} onClick={start}>
        Start
      </button>
    </li>
  );
}
