/** `logs`: what the parts of the local stack write. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../toolkit/failure.ts";
import { statePaths } from "../host/state-folder.ts";
import { plainTable } from "./summary.ts";

export interface LogsOptions {
  readonly follow?: boolean;
  readonly lines?: string;
}

/** Lists the logs, or prints the end of one. */
export async function logs(
  name: string | undefined,
  { follow = false, lines = "50" }: LogsOptions,
): Promise<void> {
  const folder = statePaths().logs;
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith(".log")).toSorted();
  if (files.length === 0)
    throw new Failure("There are no logs: the local stack has not run. Start it with: make up");
  if (name === undefined) return list(folder, files);
  if (!files.includes(`${name}.log`)) {
    const names = files.map((file) => path.basename(file, ".log")).join(", ");
    throw new Failure(`There is no log "${name}". There are: ${names}`);
  }
  const options = ["-n", lines, ...(follow ? ["-f"] : [])];
  await once(spawn("tail", [...options, path.join(folder, `${name}.log`)], { stdio: "inherit" }), "exit");
}

async function list(folder: string, files: readonly string[]): Promise<void> {
  const rows = await Promise.all(
    files.map(async (file) => {
      const { size, mtime } = await stat(path.join(folder, file));
      return [path.basename(file, ".log"), `${size} bytes`, mtime.toISOString()];
    }),
  );
  console.log(plainTable(["Log", "Size", "Last written"], rows));
  console.log(`They are in ${folder}. Print one with: npm run local -- logs <log> [--follow]`);
}
