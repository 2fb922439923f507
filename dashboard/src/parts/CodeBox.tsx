// A code block with a copy button.
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { toastError } from "./toasts.js";

/** Copies a text; the icon confirms it until the pointer or the focus leaves. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      (error: unknown) => toastError("Couldn't copy.", error),
    );
  };
  return (
    <button
      type="button"
      className="icon-btn"
      aria-label={copied ? "Copied" : label}
      title={copied ? "Copied" : label}
      onClick={copy}
      onBlur={() => setCopied(false)}
      onPointerLeave={() => setCopied(false)}
    >
      {copied ? <Check className="i" aria-hidden /> : <Copy className="i" aria-hidden />}
    </button>
  );
}

export function CodeBox({ code, label }: { readonly code: string; readonly label: string }) {
  return (
    <div className="code-box">
      <CopyButton text={code} label={label} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard. */}
      <pre className="code" tabIndex={0}>
        <Marked code={code} />
      </pre>
    </div>
  );
}

/** Longer code is not highlighted: drawing thousands of elements is slow. */
const MARKED_LENGTH = 20_000;

/** Highlights JSON keys and the first word of a command. */
function Marked({ code }: { readonly code: string }) {
  if (code.length > MARKED_LENGTH) return code;
  const parts = code.split(/("(?:[^"\\\n]|\\.)*"(?=:)|^(?:curl|npx|import|const|console|await)\b)/gm);
  let at = 0;
  return parts.map((part, index) => {
    at += part.length;
    return index % 2 === 1 ? <b key={at}>{part}</b> : <span key={at}>{part}</span>;
  });
}
