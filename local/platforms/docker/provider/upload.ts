/** One file that a container gets before it starts. */
import { readFile } from "node:fs/promises";
import type { ContainerInputs } from "./inputs/container-shape.ts";

export type Upload = NonNullable<ContainerInputs["uploads"]>[number];

/** The bytes of an upload. `content` is passed through `change` first. */
export async function contentOf(upload: Upload, change = (text: string) => text): Promise<Buffer> {
  if (upload.content) return Buffer.from(change(upload.content));
  if (upload.contentBase64) return Buffer.from(upload.contentBase64, "base64");
  try {
    return await readFile(upload.source ?? "");
  } catch (error) {
    throw new Error(`"uploads": the source of ${upload.file} can't be read: ${upload.source}`, {
      cause: error,
    });
  }
}

export function isExecutable({ permissions, executable }: Upload): boolean {
  return permissions === undefined ? (executable ?? false) : (Number.parseInt(permissions, 8) & 0o100) !== 0;
}
