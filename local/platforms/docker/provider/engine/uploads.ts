/** Puts a container's uploads into it before it starts, as the official provider does. */
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import { contentOf, isExecutable, type Upload } from "../upload.ts";

export async function uploadFiles(container: Docker.Container, uploads: readonly Upload[]): Promise<void> {
  if (uploads.length === 0) return;
  const archive = pack();
  for (const upload of uploads) {
    const header = {
      name: upload.file.replace(/^\/+/, ""),
      mode: modeOf(upload),
      uid: Number(upload.owner ?? 0),
      gid: Number(upload.group ?? 0),
    };
    archive.entry(header, await contentOf(upload));
  }
  archive.finalize();
  await container.putArchive(Readable.from(archive), { path: "/" });
}

function modeOf(upload: Upload): number {
  if (upload.permissions !== undefined) return Number.parseInt(upload.permissions, 8);
  return isExecutable(upload) ? 0o744 : 0o644;
}
