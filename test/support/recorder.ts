/** A server in front of another that keeps what its callers show to be let in. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface Recorder {
  readonly port: number;
  /** Of each request since the last `forget`: path, and the headers that hold credentials, as one text. */
  readonly shown: () => readonly string[];
  readonly forget: () => void;
  readonly stop: () => Promise<void>;
}

const CREDENTIALS = ["authorization", "dd-api-key", "dd-application-key"];

/** @param target where requests go on to, such as `http://127.0.0.1:8101`; undefined: each is answered with 200 */
export async function recorder(target?: string): Promise<Recorder> {
  let shown: string[] = [];
  const server = createServer((request, response) => {
    const credentials = CREDENTIALS.flatMap((name) => request.headers[name] ?? []).map(readable);
    shown.push([request.url, ...credentials].join(" "));
    answer(target, request).then(
      ({ status, type, body }) => response.writeHead(status, { "content-type": type }).end(body),
      (error: Error) => response.writeHead(502).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    shown: () => shown,
    forget: () => {
      shown = [];
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** With what Basic hides. */
function readable(credentials: string | string[]): string {
  const text = String(credentials);
  const [scheme, value = ""] = text.split(" ");
  return scheme === "Basic" ? Buffer.from(value, "base64").toString() : text;
}

async function answer(target: string | undefined, request: IncomingMessage) {
  const body = await buffer(request);
  if (target === undefined) return { status: 200, type: "application/json", body: Buffer.from("{}") };
  const {
    host: _,
    connection: __,
    "content-length": ___,
    "transfer-encoding": ____,
    ...headers
  } = request.headers;
  const given = await fetch(`${target}${request.url}`, {
    method: request.method ?? "GET",
    headers: headers as Record<string, string>,
    ...(body.length > 0 && { body }),
  });
  return {
    status: given.status,
    type: given.headers.get("content-type") ?? "text/plain",
    body: Buffer.from(await given.arrayBuffer()),
  };
}
