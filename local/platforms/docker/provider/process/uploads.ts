/** Puts a container's uploads on this machine. */
import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { contentOf, isExecutable, type Upload } from "../upload.ts";
import { type HostTable, withLocalAddresses } from "./addresses.ts";
import type { PathMap } from "./paths.ts";

/**
 * Text (`content`) gets its container paths and addresses replaced, the other two forms go as they are.
 * Files are for the owner's eyes only, whatever their permissions in a container: any may hold a secret.
 */
export async function placeUploads(
  uploads: readonly Upload[],
  paths: PathMap,
  hosts: HostTable,
): Promise<void> {
  await Promise.all(
    uploads.map(async (upload) => {
      const file = paths.file(upload.file);
      await mkdir(dirname(file), { recursive: true });
      const mode = isExecutable(upload) ? 0o700 : 0o600;
      // In one step: a server that watches the file must never see half of it.
      const temporary = `${file}.new`;
      await writeFile(
        temporary,
        await contentOf(upload, (text) => paths.text(withLocalAddresses(text, hosts))),
        { mode },
      );
      await chmod(temporary, mode);
      await rename(temporary, file);
    }),
  );
}
