/** Ports of the local stack that something else listens on. */
import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { Failure } from "../../toolkit/failure.ts";
import { PORT_OFFSET_VARIABLE, PORT_OWNERS, type PortName, type Ports } from "../host/ports.ts";

/** @throws Failure that lists every busy port: which, who wants it, and who has it where that can be seen. */
export async function checkPorts(ports: Ports, names: readonly PortName[]): Promise<void> {
  const checked = await Promise.all(
    names.map(async (name) => ((await isFree(ports[name])) ? [] : [await describeBusy(ports[name], name)])),
  );
  const busy = checked.flat();
  if (busy.length === 0) return;
  throw new Failure(
    [
      `${busy.length === 1 ? "A port" : "Ports"} that the local stack needs ${busy.length === 1 ? "is" : "are"} in use:`,
      ...busy,
      `Stop what uses ${busy.length === 1 ? "it" : "them"}, or move the whole stack: ${PORT_OFFSET_VARIABLE}=20000 make up`,
    ].join("\n"),
  );
}

async function describeBusy(port: number, name: PortName): Promise<string> {
  const holder = await holderOf(port);
  return `  ${port}  wanted by ${PORT_OWNERS[name]}, used by ${holder ?? "a process of another user"}`;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** `process 4711 (nginx)`, undefined where this user may not see it. */
async function holderOf(port: number): Promise<string | undefined> {
  try {
    const pid = await (process.platform === "linux" ? pidFromProc(port) : pidFromLsof(port));
    if (pid === undefined) return undefined;
    const { stdout } = await promisify(execFile)("ps", ["-o", "comm=", "-p", pid]);
    return `process ${pid} (${stdout.trim()})`;
  } catch {
    // Only ever a help: without it the message still names the port.
    return undefined;
  }
}

async function pidFromLsof(port: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-t"]);
  return stdout.trim().split("\n")[0];
}

const LISTENING = "0A";

async function pidFromProc(port: number): Promise<string | undefined> {
  const tables = await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8")));
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)));
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) if (await holdsSocket(pid, inodes)) return pid;
  return undefined;
}

/** Lines are `sl local_address rem_address st ... inode`, with the port in hexadecimal after the address. */
function listeningInodes(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    return state === LISTENING && local.endsWith(`:${wanted}`) ? [`socket:[${inode}]`] : [];
  });
}

async function holdsSocket(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  // Other users' processes can't be looked into, and processes end meanwhile.
  const handles = await readdir(folder).catch(() => []);
  const targets = await Promise.all(handles.map((handle) => readlink(`${folder}/${handle}`).catch(() => "")));
  return targets.some((target) => sockets.has(target));
}
