// What became of one message, read from the server's reply code (RFC 5321 §4.2.1) and the command it answered.

/**
 * `refused`: for good. `postponed`: not now. `lost`: the connection, or the server as a whole; the message was certainly
 * not taken. `unknown`: the connection ended after the message and before the server's answer. `misconfigured`: no
 * message can be sent with these settings.
 */
export type Delivery =
  | { readonly outcome: "sent" }
  | {
      readonly outcome: "refused" | "postponed" | "lost" | "unknown" | "misconfigured";
      readonly error: string;
    };

/** `complete`: the end of the message had been handed to the connection, so that the server may have taken it. */
export function judge(failure: unknown, complete: boolean): Delivery {
  const { code, responseCode, command } = replyOf(failure);
  const error = failure instanceof Error ? failure.message : String(failure);
  if (complete) {
    // Only a reply to the message itself shows that it was not taken.
    if (code !== "EMESSAGE" || responseCode === undefined) return { outcome: "unknown", error };
    return { outcome: isFinal(responseCode) ? "refused" : "postponed", error };
  }
  if (code === "EAUTH" || code === "ENOAUTH")
    return { outcome: isFinal(responseCode) ? "misconfigured" : "lost", error };
  // 421: the server is closing the channel. 503: the two sides disagree on the state of this connection.
  const isOver = responseCode === 421 || responseCode === 503;
  if ((code !== "EENVELOPE" && code !== "EMESSAGE") || isOver) return { outcome: "lost", error };
  if (command === "MAIL FROM") return { outcome: isFinal(responseCode) ? "misconfigured" : "lost", error };
  return { outcome: isFinal(responseCode) ? "refused" : "postponed", error };
}

/** No code: the message or address was refused before it was offered to the server. */
function isFinal(responseCode: number | undefined): boolean {
  return responseCode === undefined || responseCode >= 500;
}

function replyOf(failure: unknown): {
  readonly code: string | undefined;
  readonly responseCode: number | undefined;
  readonly command: string | undefined;
} {
  const field = (name: string): unknown =>
    typeof failure === "object" && failure !== null ? Reflect.get(failure, name) : undefined;
  const code = field("code");
  const responseCode = field("responseCode");
  const command = field("command");
  return {
    code: typeof code === "string" ? code : undefined,
    responseCode: typeof responseCode === "number" ? responseCode : undefined,
    command: typeof command === "string" ? command : undefined,
  };
}
