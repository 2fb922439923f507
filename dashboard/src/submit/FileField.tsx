// A file parameter: files are dropped or chosen, and uploaded immediately with progress.
import { File as FileIcon, Upload, X } from "lucide-react";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { client } from "../lib/api.js";
import { formatBytes } from "../lib/format.js";
import { ProgressBar } from "../parts/Bar.js";
import { explain } from "../parts/toasts.js";
import type { Draft, DraftFile } from "./draft.js";
import type { Tied } from "./field-props.js";
import type { Field } from "./plan.js";

export interface FileFieldProps {
  readonly field: Field;
  readonly draft: Extract<Draft, { kind: "files" }>;
  readonly tied: Tied;
  readonly onChange: (update: (draft: Draft) => Draft) => void;
}

export function FileField({ field, draft, tied, onChange }: FileFieldProps) {
  const many = field.kind === "files" && field.many;
  const input = useRef<HTMLInputElement>(null);
  const uploads = useRef(new Map<string, AbortController>());
  const [over, setOver] = useState(false);
  useEffect(() => {
    const running = uploads.current;
    return () => {
      for (const upload of running.values()) upload.abort();
    };
  }, []);

  const setFiles = (change: (files: readonly DraftFile[]) => readonly DraftFile[]) =>
    onChange((old) => (old.kind === "files" ? { ...old, files: change(old.files) } : old));
  const setState = (key: string, state: DraftFile["state"]) =>
    setFiles((files) => files.map((file) => (file.key === key ? { ...file, state } : file)));

  const start = (chosen: readonly File[]) => {
    for (const file of many ? chosen : chosen.slice(0, 1)) {
      const key = `${file.name} ${file.lastModified} ${uploads.current.size}`;
      const stop = new AbortController();
      uploads.current.set(key, stop);
      const entry: DraftFile = {
        key,
        name: file.name,
        size: file.size,
        state: { is: "uploading", percent: 0 },
      };
      setFiles((files) => (many ? [...files, entry] : [entry]));
      const onProgress = ({ sent, total }: { readonly sent: number; readonly total: number }) =>
        setState(key, { is: "uploading", percent: total === 0 ? 100 : (100 * sent) / total });
      client.upload(file, { onProgress, signal: stop.signal }).then(
        (stored) => setState(key, { is: "uploaded", id: stored.id }),
        (error: unknown) => {
          if (!stop.signal.aborted) setState(key, { is: "failed", reason: explain(error) });
        },
      );
    }
  };
  const remove = (file: DraftFile) => {
    uploads.current.get(file.key)?.abort();
    setFiles((files) => files.filter((other) => other !== file));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    start([...event.dataTransfer.files]);
  };

  return (
    <section
      className="drop"
      aria-label={field.label}
      data-over={over || undefined}
      data-invalid={tied.invalid || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {draft.files.map((file) => (
        <div key={file.key} className="drop-file">
          <FileIcon className="i" aria-hidden />
          <b className="strong clip">{file.name}</b>
          <button
            type="button"
            className="icon-btn"
            aria-label={`Remove ${file.name}`}
            onClick={() => remove(file)}
          >
            <X className="i" aria-hidden />
          </button>
          <span className="sub num">
            <FileState file={file} />
          </span>
        </div>
      ))}
      <div className="drop-ask">
        <Upload className="i" aria-hidden />
        <span>
          Drop {many ? "files" : "a file"} here, or{" "}
          <button type="button" className="as-link" onClick={() => input.current?.click()}>
            browse
          </button>
        </span>
        <input
          ref={input}
          id={tied.id}
          className="sr"
          type="file"
          multiple={many}
          tabIndex={-1}
          aria-describedby={tied.describedBy}
          onChange={(event) => {
            start([...(event.target.files ?? [])]);
            event.target.value = "";
          }}
        />
      </div>
    </section>
  );
}

function FileState({ file }: { readonly file: DraftFile }) {
  const size = file.size === undefined ? "" : formatBytes(file.size);
  switch (file.state.is) {
    case "uploading":
      return (
        <span className="uploading" data-status="RUNNING">
          <ProgressBar percent={file.state.percent} label={`Uploading ${file.name}`} />{" "}
          {Math.round(file.state.percent)} % of {size}
        </span>
      );
    case "uploaded":
      return size ? `${size} uploaded` : "already uploaded";
    case "failed":
      return <span className="error-text">{file.state.reason}</span>;
  }
}
