// Sends a form and says how much of it is on its way: fetch does not tell. Browsers do it by XMLHttpRequest, as they
// stream no body over plain HTTP; everywhere else the body is a stream that counts. Knows no tasks.

export interface CountedRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly form: FormData;
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Answers as fetch does, and throws as it does: TypeError without an answer, the signal's reason once it aborts. */
export type CountedSender = (address: string, request: CountedRequest) => Promise<Response>;

/** `ownFetch`: the caller's, which then sends uploads too. */
export function countedSender(ownFetch: typeof globalThis.fetch | undefined): CountedSender {
  if (ownFetch) return streamWith(ownFetch);
  return typeof XMLHttpRequest === "undefined"
    ? streamWith((...request) => globalThis.fetch(...request))
    : sendByXhr;
}

function streamWith(fetch: typeof globalThis.fetch): CountedSender {
  return (address, { method, headers, form, onSent, signal }) => {
    // Who can build a reply of a form knows how forms are written.
    const encoded = new Response(form);
    headers.set("content-type", encoded.headers.get("content-type") ?? "");
    let sent = 0;
    const count = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        sent += chunk.byteLength;
        onSent(sent);
        controller.enqueue(chunk);
      },
    });
    const body = encoded.body?.pipeThrough(count);
    // "half": the reply is read after the body was sent. Not in every list of fetch's options yet.
    const init = { method, headers, body, signal, duplex: "half" };
    return fetch(address, init);
  };
}

function sendByXhr(
  address: string,
  { method, headers, form, onSent, signal }: CountedRequest,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal?.throwIfAborted();
    signal?.addEventListener("abort", stop, { once: true });
    request.open(method, address);
    headers.forEach((value, name) => {
      request.setRequestHeader(name, value);
    });
    request.upload.addEventListener("progress", (event) => onSent(event.loaded));
    request.addEventListener("load", () =>
      resolve(
        new Response(request.responseText, {
          status: request.status,
          statusText: request.statusText,
          headers: { "content-type": request.getResponseHeader("content-type") ?? "" },
        }),
      ),
    );
    request.addEventListener("error", () => reject(new TypeError("the upload was interrupted")));
    request.addEventListener("abort", () => reject(signal?.reason));
    request.addEventListener("loadend", () => signal?.removeEventListener("abort", stop));
    request.send(form);
  });
}
