// Server-sent events as the HTML standard (§9.2.6) writes them, read from a byte stream. Knows no tasks.

export interface Message {
  /** Of this message, or the last one before it that had one. */
  readonly id: string | undefined;
  /** Absent where the message only says where the stream stands. */
  readonly data?: string;
}

/** The messages of a reply. `onBytes` hears of everything that arrives, comments too: the server lives. */
export async function* readMessages(response: Response, onBytes: () => void): AsyncGenerator<Message, void> {
  if (!response.body) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let id: string | undefined;
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes();
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "") {
          yield data.length > 0 ? { id, data: data.join("\n") } : { id };
          data = [];
          continue;
        }
        const [, field, text = ""] = /^([^:]*)(?:: ?([\s\S]*))?$/.exec(line) ?? [];
        if (field === "data") data.push(text);
        else if (field === "id") id = text;
      }
    }
  } finally {
    // A connection that broke can't be cancelled any more; what it broke with was thrown by read().
    await reader.cancel().catch(() => undefined);
  }
}
