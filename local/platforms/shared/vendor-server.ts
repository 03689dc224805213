/** A simulated uptime vendor as a server: its API, and a page of its monitors. */
import { join } from "node:path";
import { html, page, table } from "./html.ts";
import { listen, newApplication, plugin, type RunningServer } from "./http-server.ts";
import { JsonStore } from "./json-store.ts";
import {
  type Collection,
  initialVendorState,
  type Manners,
  serveCollections,
  type VendorState,
} from "./vendor-objects.ts";

export interface Vendor {
  /** As people know it. */
  readonly title: string;
  /** Its name in `uptime.checkers`, and that of the file of what it keeps. */
  readonly checker: string;
  readonly accent: string;
  /** Where its API begins. */
  readonly prefix: string;
  readonly collections: readonly Collection[];
  readonly manners: Manners;
  /** Where its monitors are, and their attributes on the page: name, type, address. */
  readonly monitors: { readonly route: string; readonly shown: readonly [string, string, string] };
}

export interface VendorOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly dataFolder: string;
}

/** API at the vendor's prefix, a page at `/`. @throws where the port is taken. */
export async function startVendor(
  vendor: Vendor,
  { port, dataFolder }: VendorOptions,
): Promise<RunningServer> {
  const { title, checker, prefix, collections, manners } = vendor;
  const store = new JsonStore<VendorState>(join(dataFolder, `${checker}.json`), initialVendorState);
  const app = newApplication();
  app.get("/", (_request, reply) => reply.type("text/html").send(monitorsPage(vendor, store.state)));
  await app.register(
    plugin((scope) => serveCollections(scope, store, collections, manners)),
    { prefix },
  );
  return listen(app, title, port);
}

function monitorsPage({ title, checker, accent, monitors }: Vendor, { collections }: VendorState): string {
  const [name, type, address] = monitors.shown;
  return page({
    title,
    subtitle: `Monitors of the local stack; there are none unless uptime.checkers has ${checker}`,
    accent,
    refresh: 10,
    body: table(
      ["Monitor", "Type", "Address"],
      Object.values(collections[monitors.route] ?? {}).map((monitor) => [
        String(monitor[name]),
        String(monitor[type]),
        html`<code>${String(monitor[address])}</code>`,
      ]),
      "Nothing yet.",
    ),
  });
}
