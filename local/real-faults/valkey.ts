/** What breaks in a real Valkey, as its clients and its disk break it. */
import { mkdir, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withValkey } from "../platforms/valkey/server.ts";
import type { Effects, Undo } from "./index.ts";
import { running } from "./postgres.ts";
import { hang } from "./processes.ts";

export interface ValkeyTarget {
  readonly port: number;
  /** Where it writes its snapshots. */
  readonly folder: string;
  pid(): number | undefined;
  /** Takes the server, or its exporter, away. */
  readonly away: { server(): Promise<Undo>; exporter(): Promise<Undo> };
}

/** Room for who watches it. */
const SPARE_CLIENTS = 10;
const FILLING = "agentpay:filling";
const VALUE = "x".repeat(64 * 1024);
const KNOCK_MILLISECONDS = 500;
/** The exporter gets in between two bursts. */
const BURST_MILLISECONDS = 10_000;

export function valkeyFaults({ port, folder, pid, away }: ValkeyTarget): Effects {
  return {
    "redis-down": away.server,
    "redis-exporter-down": away.exporter,
    "redis-hangs": () => hang(running(pid())),
    "redis-clients": async ({ ratio }) => connectClients(port, Number(ratio)),
    "redis-rejections": async () => refusing(port),
    "redis-memory": async ({ ratio }) => fill(port, Number(ratio)),
    "redis-evictions": async ({ rate }) => evicting(port, Number(rate)),
    "redis-unlimited": () => configured(port, "maxmemory", "0"),
    "redis-restarting": async ({ seconds }) => restarting(away.server, Number(seconds)),
    "redis-busy": async () => busy(port),
    "redis-disk": () => withoutDisk(port, folder),
  };
}

/** Each of `count` clients, whether it is taken or refused. */
async function clients(port: number, count: number): Promise<Undo> {
  const sockets = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Socket>((resolve) => {
          const socket = connect(port, "127.0.0.1", () => resolve(socket));
          socket.on("error", () => resolve(socket));
        }),
    ),
  );
  return async () => {
    for (const socket of sockets) socket.destroy();
  };
}

/** Up to a share of those that it takes. */
async function connectClients(port: number, ratio: number): Promise<Undo> {
  const [most, there] = await withValkey(port, async (client) => {
    const { maxclients } = await client.configGet("maxclients");
    return [Number(maxclients), figure(await client.info("clients"), "connected_clients")];
  });
  return clients(port, Math.min(Math.ceil(most * ratio), most - SPARE_CLIENTS) - there);
}

/** All of them, and more, for as long as the fault lasts: nobody else gets in, its exporter included. */
export async function takeEveryClient(port: number): Promise<Undo> {
  const { maxclients } = await withValkey(port, (client) => client.configGet("maxclients"));
  const undo = await clients(port, Number(maxclients));
  const knock = setInterval(() => void clients(port, 2).then((leave) => leave()), KNOCK_MILLISECONDS);
  return async () => {
    clearInterval(knock);
    await undo();
  };
}

/** All of them again and again, so that the exporter sees what was refused. */
function refusing(port: number): Undo {
  const end = new AbortController();
  const pause = () => sleep(BURST_MILLISECONDS, undefined, { signal: end.signal }).catch(() => {});
  const work = (async () => {
    while (!end.signal.aborted) {
      const undo = await takeEveryClient(port).catch(() => undefined);
      await pause();
      await undo?.();
      await pause();
    }
  })();
  return async () => {
    end.abort();
    await work;
  };
}

/** Gone and back at once, again and again. */
function restarting(leave: () => Promise<Undo>, seconds: number): Undo {
  const end = new AbortController();
  const work = (async () => {
    while (!end.signal.aborted) {
      const back = await leave();
      await back();
      await sleep(1000 * seconds, undefined, { signal: end.signal }).catch(() => {});
    }
  })();
  return async () => {
    end.abort();
    await work;
  };
}

/** Two clients that always have a script for it to run, each short enough for the others to be answered. */
function busy(port: number): Undo {
  const end = new AbortController();
  const work = Promise.all(
    [1, 2].map(() =>
      withValkey(port, async (client) => {
        while (!end.signal.aborted) await client.eval("for i = 1, 3e6 do end");
      }),
    ),
  );
  return async () => {
    end.abort();
    await work;
  };
}

/** With what nobody may evict. */
async function fill(port: number, ratio: number): Promise<Undo> {
  await withValkey(port, async (client) => {
    const memory = await client.info("memory");
    const missing = figure(memory, "maxmemory") * ratio - figure(memory, "used_memory");
    for (let index = 0; index < Math.floor(missing / VALUE.length); index++)
      await client.set(`${FILLING}:${index}`, VALUE);
  });
  return () => empty(port);
}

/** With what may be evicted, and always more of it. */
async function evicting(port: number, rate: number): Promise<Undo> {
  let index = 0;
  const add = (count: number) =>
    withValkey(port, async (client) => {
      for (let added = 0; added < count; added++)
        await client.set(`${FILLING}:${index++}`, VALUE, { expiration: { type: "EX", value: 3600 } });
    });
  const most = await withValkey(port, async (client) => figure(await client.info("memory"), "maxmemory"));
  await add(Math.ceil(most / VALUE.length));
  const timer = setInterval(() => void add(Math.ceil(rate)).catch(() => {}), 1000);
  return async () => {
    clearInterval(timer);
    await empty(port);
  };
}

async function empty(port: number): Promise<void> {
  await withValkey(port, async (client) => {
    for await (const keys of client.scanIterator({ MATCH: `${FILLING}:*`, COUNT: 1000 }))
      if (keys.length > 0) await client.unlink(keys);
  });
}

/** With a setting, until the earlier one is back. */
async function configured(port: number, name: "maxmemory", value: string): Promise<Undo> {
  const set = (to: string) => withValkey(port, (client) => client.configSet(name, to));
  const before = await withValkey(port, (client) => client.configGet(name));
  await set(value);
  return async () => {
    await set(before[name] ?? "0");
  };
}

/** Its folder is gone, as a volume is that was taken away. */
async function withoutDisk(port: number, folder: string): Promise<Undo> {
  const gone = path.join(folder, "gone");
  await mkdir(gone, { recursive: true });
  await save(port, gone, () => rm(gone, { recursive: true }));
  return () => save(port, folder);
}

async function save(port: number, folder: string, then: () => Promise<void> = async () => {}): Promise<void> {
  await withValkey(port, async (client) => {
    await client.configSet("dir", folder);
    await then();
    await client.bgSave();
  });
}

function figure(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1]);
}
