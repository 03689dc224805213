/** Pulumi's archives as they come over the wire, and the zip file that Lambda gets of them. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { zipSync } from "fflate";
import { z } from "zod";
import { SIGNATURE } from "./property-values.ts";
import { REPOSITORY } from "./repository.ts";

export const ASSET = "c44067f5952c0a294b673a41bacd8c17";
export const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

const asset = z.object({
  [SIGNATURE]: z.literal(ASSET),
  hash: z.string().optional(),
  text: z.string().optional(),
  path: z.string().optional(),
});

/** An archive of files and texts. Folders, zip files and addresses are not offered here. */
export const archive = z.object(
  {
    [SIGNATURE]: z.literal(ARCHIVE),
    hash: z.string().optional(),
    assets: z.record(z.string(), asset),
  },
  "must be an AssetArchive of files or texts (the local stand-in takes no others)",
);
export type Archive = z.output<typeof archive>;

/** The same bytes for the same files: a zip file knows times, ours is always the first that it can. */
const EPOCH = new Date("1980-01-02T00:00:00Z");

/** @throws where a file is gone */
export async function zipOf({ assets }: Archive): Promise<Uint8Array> {
  const files = await Promise.all(
    Object.entries(assets).map(async ([name, { text, path: file }]) => {
      const content =
        text === undefined ? await readFile(path.resolve(REPOSITORY, file ?? "")) : Buffer.from(text);
      return [name, new Uint8Array(content)] as const;
    }),
  );
  return zipSync(Object.fromEntries(files), { mtime: EPOCH });
}

/** As Lambda names a version of the code. */
export function codeSha256(zip: Uint8Array): string {
  return createHash("sha256").update(zip).digest("base64");
}
