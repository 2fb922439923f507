// A node:http server on a free port of loopback, closed after its test. No tests here.
import { createServer, type RequestListener } from "node:http";
import { afterwards } from "./support.js";

export async function listen(listener: RequestListener): Promise<{ readonly url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterwards(async () => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server listens on no port");
  return { url: `http://127.0.0.1:${address.port}` };
}
