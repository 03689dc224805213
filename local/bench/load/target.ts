/** One server that exposes the series of many. */
import { createServer } from "node:http";
import { listenOnLoopback } from "../../../toolkit/free-port.ts";
import { written } from "../blocks.ts";
import { contractSeries, type Scale } from "../dashboards/series.ts";

export interface Target {
  /** host:port */
  readonly address: string;
  readonly series: number;
  /** Exposes 0 for every series of this metric from now on. */
  breakMetric(name: string): void;
  stop(): void;
}

export async function startTarget(scale: Scale): Promise<Target> {
  const all = [...contractSeries(scale)].map((series) => ({
    name: series.name,
    head: `${written(series)} `,
    slope: series.slope,
  }));
  const broken = new Set<string>();
  const begun = Date.now();
  const server = createServer((_, response) => {
    const seconds = (Date.now() - begun) / 1000;
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" });
    let text = "";
    for (const { name, head, slope } of all) {
      const value = slope === 0 ? 1 : (slope * seconds).toPrecision(8);
      text += `${head}${broken.has(name) ? 0 : value}\n`;
      if (text.length < 1_000_000) continue;
      response.write(text);
      text = "";
    }
    response.end(text);
  });
  const port = await listenOnLoopback(server);
  return {
    address: `127.0.0.1:${port}`,
    series: all.length,
    breakMetric: (name) => broken.add(name),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
