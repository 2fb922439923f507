// An SMTP server on loopback that answers as a test tells it to: with any reply, with none, or by ending the connection.
import { once } from "node:events";
import net from "node:net";

export interface Step {
  /** CONNECT, the verb of a command, or END for the end of a message. */
  readonly verb: string;
  /** The whole command. */
  readonly line: string;
  /** 1 for the first connection of the test. */
  readonly connection: number;
  /** 1 for the first message of this connection; counts from MAIL. */
  readonly message: number;
  /** Recipient of the message, from RCPT on. */
  readonly to: string;
}

/** `undefined`: as a friendly server. `end`: ends the connection, after the reply where there is one. */
export type Reply = string | "silence" | { readonly reply?: string; readonly end: true } | undefined;

export interface ScriptedSmtp {
  readonly url: string;
  /** Messages that arrived with their end, whatever was answered. */
  readonly received: readonly { readonly to: string; readonly text: string }[];
  readonly connections: number;
  /** Ends all connections and starts anew with this script. */
  follow(script: (step: Step) => Reply): void;
  close(): Promise<void>;
}

const FRIENDLY: Readonly<Record<string, string>> = {
  CONNECT: "220 mail.example.org ready",
  EHLO: "250-mail.example.org\r\n250-PIPELINING\r\n250 8BITMIME",
  DATA: "354 go on",
  QUIT: "221 bye",
};

export async function startScriptedSmtp(): Promise<ScriptedSmtp> {
  let script: (step: Step) => Reply = () => undefined;
  let received: { to: string; text: string }[] = [];
  let connections = 0;
  const sockets = new Set<net.Socket>();

  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    const state = { connection: ++connections, message: 0, to: "" };
    let isAccepted = false;
    let inData = false;
    let text = "";
    let rest = "";

    const answer = (verb: string, line: string) => {
      if (verb === "MAIL") Object.assign(state, { message: state.message + 1, to: "" });
      if (verb === "RCPT") state.to = /<(.*)>/.exec(line)?.[1] ?? "";
      const chosen = script({ verb, line, ...state });
      if (chosen === "silence") return;
      const friendly = verb === "DATA" && !isAccepted ? "503 no recipient" : (FRIENDLY[verb] ?? "250 ok");
      const reply = typeof chosen === "object" ? chosen.reply : (chosen ?? friendly);
      if (verb === "MAIL" || verb === "RCPT")
        isAccepted = verb === "RCPT" && reply?.startsWith("250") === true;
      if (reply !== undefined) socket.write(`${reply}\r\n`);
      if (typeof chosen === "object") socket.destroySoon();
      if (verb === "DATA") inData = reply?.startsWith("354") ?? false;
      if (verb === "QUIT") socket.end();
    };

    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      rest += chunk;
      for (let at = rest.indexOf("\r\n"); at >= 0; at = rest.indexOf("\r\n")) {
        const line = rest.slice(0, at);
        rest = rest.slice(at + 2);
        if (!inData) {
          answer(line.split(/[ :]/)[0]?.toUpperCase() ?? "", line);
        } else if (line === ".") {
          inData = false;
          received.push({ to: state.to, text });
          text = "";
          answer("END", line);
        } else {
          text += `${line}\n`;
        }
      }
    });
    answer("CONNECT", "");
  });

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const endAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `smtp://127.0.0.1:${port}`,
    get received() {
      return received;
    },
    get connections() {
      return connections;
    },
    follow(next) {
      endAll();
      script = next;
      received = [];
      connections = 0;
    },
    async close() {
      endAll();
      server.close();
      await once(server, "close");
    },
  };
}
