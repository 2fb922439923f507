// The URL parameters of the page "New task".

export interface NewTaskSearch {
  readonly type?: string;
  /** Id of the task whose parameters fill the form. */
  readonly from?: string;
}

export function readNewTaskSearch(raw: Record<string, unknown>): NewTaskSearch {
  return {
    ...(typeof raw.type === "string" && raw.type !== "" && { type: raw.type }),
    ...(typeof raw.from === "string" && raw.from !== "" && { from: raw.from }),
  };
}
