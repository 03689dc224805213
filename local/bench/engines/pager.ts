/** A pager that takes note of when it was told first, and by whom. */
import { createServer } from "node:http";
import { listenOnLoopback } from "../../../toolkit/free-port.ts";

export interface Pager {
  /** For an Alertmanager's webhook, by the name of who tells. */
  urlOf(engine: string): string;
  /** When this alert was told first by that engine, milliseconds since 1970; undefined before that. */
  toldAt(engine: string, alert: string): number | undefined;
  stop(): void;
}

export async function startPager(): Promise<Pager> {
  const told = new Map<string, number>();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    for (const [, alert = ""] of body.matchAll(/"alertname":"(\w+)"/g)) {
      const key = `${request.url} ${alert}`;
      if (!told.has(key)) told.set(key, Date.now());
    }
    response.end();
  });
  const port = await listenOnLoopback(server);
  return {
    urlOf: (engine) => `http://127.0.0.1:${port}/${engine}`,
    toldAt: (engine, alert) => told.get(`/${engine} ${alert}`),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
