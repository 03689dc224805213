/** `--out <file>` of a command: what it found, for the job after it. */
import { writeFile } from "node:fs/promises";
import { messageOf } from "./error-message.ts";
import { Failure } from "./failure.ts";

/** @throws Failure where the file can't be written: the disk is full, or the folder is not there */
export async function writeResult(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw new Failure(`${file} can't be written, and what it would say is above: ${messageOf(error)}`);
  });
}
