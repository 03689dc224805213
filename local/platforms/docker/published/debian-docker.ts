/**
 * A Docker Engine of one's own on Debian, for a CI machine that has none: installs `docker.io`, runs a private
 * `dockerd` whose data, socket and log are in one folder, and ends that very process afterwards. Needs root.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { access, mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { readIfExists, writeAtomically } from "../../../../toolkit/files.ts";
import { endProcess, identify, type ProcessIdentity } from "../../../host/process-identity.ts";
import { engineAt, engineHosts } from "../provider/engine/connection.ts";

const DOCKERD = "/usr/sbin/dockerd";
/** `wget` for the health checks in stand-in images comes from busybox-static. */
const PACKAGES = ["docker.io", "busybox-static", "iptables"];
const START_MILLISECONDS = 60_000;
const STOP_MILLISECONDS = 30_000;
const PING_MILLISECONDS = 2000;
const POLL_MILLISECONDS = 200;
/** Of a Unix socket's path, on Linux. */
const LONGEST_SOCKET_PATH = 107;

/**
 * The address of a Docker Engine: one that answers already, else a new one in this folder.
 * @throws where it can't be installed or does not come up, saying where its log is.
 */
export async function startEngine(folder: string, environment = process.env): Promise<string> {
  const paths = pathsIn(folder);
  for (const known of engineHosts(undefined, environment)) if (await answers(known)) return known;
  const host = `unix://${paths.socket}`;
  if (await answers(host)) return host;
  await installDocker();
  await mkdir(paths.folder, { recursive: true });
  const identity = await launch(paths);
  await writeAtomically(paths.record, JSON.stringify(identity));
  const deadline = Date.now() + START_MILLISECONDS;
  while (!(await answers(host))) {
    if (Date.now() >= deadline || !(await identify(identity.pid))) {
      await stopEngine(folder);
      throw new Error(`the Docker Engine does not come up. See ${paths.log}`);
    }
    await sleep(POLL_MILLISECONDS);
  }
  return host;
}

/** Ends the engine that `startEngine` started in this folder, and its containers with it. Nothing if it started none. */
export async function stopEngine(folder: string): Promise<void> {
  const paths = pathsIn(folder);
  const text = await readIfExists(paths.record);
  if (text === undefined) return;
  await endProcess(JSON.parse(text) as ProcessIdentity, STOP_MILLISECONDS);
  await rm(paths.record);
}

function pathsIn(folder: string) {
  const below = (name: string) => join(resolve(folder), name);
  const socket = below("docker.sock");
  if (socket.length > LONGEST_SOCKET_PATH)
    throw new Error(`${folder} is too long a path for a socket: choose a shorter one`);
  return { folder: resolve(folder), socket, log: below("dockerd.log"), record: below("dockerd.json"), below };
}

async function answers(host: string): Promise<boolean> {
  const answer = engineAt(host, PING_MILLISECONDS)?.ping();
  return (
    answer?.then(
      () => true,
      () => false,
    ) ?? false
  );
}

async function installDocker(): Promise<void> {
  if (await exists(DOCKERD)) return;
  if (process.getuid?.() !== 0 || !(await exists("/etc/debian_version"))) {
    throw new Error(
      "no Docker Engine answers, and only root on Debian can install one: install and start Docker",
    );
  }
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const aptGet = (...words: string[]) =>
    promisify(execFile)("apt-get", words, { env: environment, maxBuffer: 2 ** 26 });
  await aptGet("update");
  await aptGet("install", "--yes", "--no-install-recommends", ...PACKAGES);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function launch({ folder, socket, log, below }: ReturnType<typeof pathsIn>): Promise<ProcessIdentity> {
  const output = openSync(log, "w");
  const options = {
    "--data-root": below("data"),
    "--exec-root": below("run"),
    "--pidfile": below("dockerd.pid"),
    "--host": `unix://${socket}`,
    "--log-level": "warn",
  };
  const child = spawn(DOCKERD, Object.entries(options).flat(), {
    cwd: folder,
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  await once(child, "spawn");
  child.unref();
  const identity = child.pid === undefined ? undefined : await identify(child.pid);
  if (identity === undefined) throw new Error(`the Docker Engine ended at once. See ${log}`);
  return identity;
}
