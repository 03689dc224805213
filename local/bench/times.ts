/** Taking times of other programs. */
import { spawn } from "node:child_process";

export interface Taken {
  /** From start to end. */
  readonly seconds: number;
  readonly output: string;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/** @throws where the program ends with another code than 0, with what it said */
export function timed({ command, args, cwd, environment = {} }: Command): Promise<Taken> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { cwd, env: { ...process.env, ...environment } });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", reject);
    child.once("close", (code) => {
      const seconds = (performance.now() - start) / 1000;
      if (code === 0) resolve({ seconds, output });
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code}:\n${output.slice(-2000)}`));
    });
  });
}

/** The middle of so many takes. */
export async function middleOf(takes: number, take: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  while (times.length < takes) times.push(await take());
  return middle(times);
}

/** Neither the best nor the worst; 0 of none. */
export function middle(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}

/** CPU seconds, user and system, that a program and what it started took. */
export async function cpuSeconds(command: Command): Promise<number> {
  const shell = `"$@" >/dev/null && times`;
  const { output } = await timed({
    ...command,
    command: "sh",
    args: ["-c", shell, "sh", command.command, ...command.args],
  });
  // `times` prints the shell's own, then its children's: user, system.
  const [user = "", system = ""] = output.trim().split("\n").at(-1)?.split(" ") ?? [];
  return inSeconds(user) + inSeconds(system);
}

function inSeconds(text: string): number {
  const [minutes = "0", seconds = "0"] = text.replace("s", "").split("m");
  return Number(minutes) * 60 + Number(seconds);
}
