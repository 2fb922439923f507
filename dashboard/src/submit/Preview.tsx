// A live preview of the request, and example parameters.
import { useState } from "react";
import { type Request, requestAs } from "../data/submit-request.js";
import { SERVER_URL } from "../lib/base.js";
import { CodeBox } from "../parts/CodeBox.js";
import { Segment } from "../parts/Segment.js";

const FORMS = [
  { value: "json", label: "JSON" },
  { value: "curl", label: "curl" },
  { value: "typescript", label: "TypeScript" },
] as const;

export interface PreviewProps {
  readonly request: Request;
  readonly examples: readonly {
    readonly title: string;
    readonly parameters: Readonly<Record<string, unknown>>;
  }[];
  readonly onFill: (parameters: Readonly<Record<string, unknown>>) => void;
}

export function Preview({ request, examples, onFill }: PreviewProps) {
  const [form, setForm] = useState<(typeof FORMS)[number]["value"]>("json");
  return (
    <aside className="aside" aria-label="Preview">
      <div>
        <div className="copy-head">
          <h2>Request</h2>
          <Segment label="Format" value={form} options={FORMS} onChange={setForm} />
        </div>
        <CodeBox label="Copy request" code={requestAs(form, request, SERVER_URL)} />
      </div>
      {examples.length > 0 && (
        <section>
          <h2 className="aside-title">Examples</h2>
          <ul className="recent">
            {examples.map((example) => (
              <li key={example.title}>
                <span className="clip">{example.title}</span>
                <button
                  type="button"
                  className="btn btn-quiet btn-small"
                  onClick={() => onFill(example.parameters)}
                >
                  Use
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </aside>
  );
}
