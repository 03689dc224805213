/**
 * Images that stand for the published ones where no registry answers: a file system with the same program, folders
 * and user, imported into the Docker Engine as one layer. No Dockerfile and no builder are needed.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import type { ServiceContext } from "../../../host/service.ts";
import { STANDS_FOR_LABEL } from "../provider/driver.ts";
import { bundleModule } from "./bundle.ts";
import { requiredLibraries } from "./libraries.ts";
import { type PublishedImage, publishedImages } from "./published-images.ts";

type Tools = ServiceContext["tools"];

/** Label with a digest of what went in: an image of other content is built again. */
const CONTENT_LABEL = "agentpay.content";

/** A static binary with the commands of health checks (`wget`) and of whoever looks around (`sh`). */
const BUSYBOX = ["/bin/busybox", "/usr/bin/busybox"];
const BUSYBOX_COMMANDS = ["sh", "wget", "ls", "cat", "id", "nc", "ps"];

/** Where a program goes in the image. */
const PROGRAM_FOLDER = "/bin";
const BUNDLE = "/usr/share/agentpay/main.mjs";

/** What an image is made of. */
interface Content {
  readonly files: readonly { readonly path: string; readonly source: string; readonly mode: number }[];
  readonly texts: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, string>>;
  readonly folders: readonly {
    readonly path: string;
    readonly uid: number;
    readonly gid: number;
    readonly mode: number;
  }[];
  readonly entrypoint: readonly string[];
}

/**
 * The id of the image that stands for a published one, built unless it is there.
 * @throws where nothing on this machine can stand for it.
 */
export async function buildStandInImage(engine: Docker, published: string, tools: Tools): Promise<string> {
  const { repository, tag } = parts(published);
  const image = publishedImages.find((candidate) => candidate.repository === repository);
  if (image === undefined) throw new Error(`nothing on this machine can stand for the image ${published}`);
  if (process.platform !== "linux") {
    throw new Error(
      `only a Linux machine can build an image that stands for ${published}; this one is ${process.platform}`,
    );
  }
  const content = await contentOf(image, tools);
  const labels = { [STANDS_FOR_LABEL]: published, [CONTENT_LABEL]: await digest(content) };
  const present = await engine.listImages({
    filters: { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) },
  });
  return present[0]?.Id ?? importImage(engine, image, content, labels, tag);
}

function parts(published: string): { repository: string; tag: string } {
  const [, repository = published, tag = "latest"] = /^(.*?)(?::([\w][\w.-]*))?$/.exec(published) ?? [];
  return { repository: repository.replace(/^docker\.io\//, ""), tag };
}

async function contentOf(image: PublishedImage, tools: Tools): Promise<Content> {
  const program = await programOf(image, tools);
  const binaries = [program.binary, await firstThatExists(BUSYBOX)];
  const libraries = (await Promise.all(binaries.map(requiredLibraries))).flat();
  return {
    entrypoint: program.entrypoint,
    files: [
      ...binaries.map((source) => ({ path: `${PROGRAM_FOLDER}/${basename(source)}`, source, mode: 0o755 })),
      ...[...new Set(libraries)].map((path) => ({ path, source: path, mode: 0o755 })),
    ],
    texts: {
      "/etc/passwd": `root:x:0:0:root:/:/bin/sh\n${image.user.name}:x:${image.user.uid}:${image.user.gid}::/:/bin/sh\n`,
      "/etc/group": `root:x:0:\n${image.user.gid === 0 ? "" : `${image.user.name}:x:${image.user.gid}:\n`}`,
      "/etc/nsswitch.conf": "hosts: files dns\n",
      ...program.texts,
    },
    links: Object.fromEntries(BUSYBOX_COMMANDS.map((command) => [`${PROGRAM_FOLDER}/${command}`, "busybox"])),
    folders: [
      { path: "/tmp", uid: 0, gid: 0, mode: 0o1777 },
      ...image.folders.map((path) => ({ path, uid: image.user.uid, gid: image.user.gid, mode: 0o775 })),
    ],
  };
}

async function programOf({ program, repository }: PublishedImage, tools: Tools) {
  if ("module" in program) {
    const texts = { [BUNDLE]: await bundleModule(program.module) };
    return {
      binary: process.execPath,
      entrypoint: [`${PROGRAM_FOLDER}/${basename(process.execPath)}`, BUNDLE],
      texts,
    };
  }
  const binary = tools[program.tool].binaries[program.binary];
  if (binary === undefined)
    throw new Error(`${repository} needs the program ${program.binary}, which is not on this machine`);
  return { binary, entrypoint: [`${PROGRAM_FOLDER}/${basename(binary)}`], texts: {} };
}

async function firstThatExists(candidates: readonly string[]): Promise<string> {
  for (const file of candidates) {
    const found = await stat(file).catch(() => undefined);
    if (found) return file;
  }
  throw new Error(
    `health checks need ${candidates.join(" or ")}: install it (Debian: apt-get install busybox-static)`,
  );
}

/** Of everything that goes in. */
async function digest(content: Content): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify({ ...content, files: undefined }));
  for (const { path, source } of content.files) {
    hash.update(path);
    for await (const chunk of createReadStream(source)) hash.update(chunk);
  }
  return hash.digest("hex").slice(0, 16);
}

async function importImage(
  engine: Docker,
  image: PublishedImage,
  content: Content,
  labels: Readonly<Record<string, string>>,
  tag: string,
): Promise<string> {
  const target = { repo: `agentpay-local/${basename(image.repository)}`, tag: tag.replace(/^v/, "") };
  const answer = await engine.importImage(Readable.from(fileSystem(content)), {
    ...target,
    changes: configuration(image, content.entrypoint, labels),
  });
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(answer, (error) => (error ? reject(error) : resolve()));
  });
  return (await engine.getImage(`${target.repo}:${target.tag}`).inspect()).Id;
}

/** The image's settings, as the instructions of a Dockerfile. */
function configuration(
  image: PublishedImage,
  entrypoint: readonly string[],
  labels: Readonly<Record<string, string>>,
) {
  const variables = { PATH: PROGRAM_FOLDER, ...listeningEverywhere(image), ...image.environment };
  return [
    `ENTRYPOINT ${JSON.stringify(entrypoint)}`,
    `CMD ${JSON.stringify(image.command)}`,
    `USER ${image.user.uid}:${image.user.gid}`,
    `WORKDIR ${image.workingDirectory}`,
    `EXPOSE ${image.port}`,
    ...Object.entries(variables).map(([name, value]) => `ENV ${name}=${JSON.stringify(value)}`),
    ...Object.entries(labels).map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`),
  ];
}

/** Our own servers keep to loopback unless told otherwise, which in a container nobody could reach. */
function listeningEverywhere({ listen, port }: PublishedImage): Readonly<Record<string, string>> {
  return "variables" in listen
    ? { [listen.variables.ip]: "0.0.0.0", [listen.variables.port]: String(port) }
    : {};
}

/** The file system as a tar archive, written as it is read. */
function fileSystem(content: Content): AsyncIterable<unknown> {
  const archive = pack();
  void fill(archive, content).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  );
  return archive;
}

async function fill(
  archive: ReturnType<typeof pack>,
  { files, texts, links, folders }: Content,
): Promise<void> {
  const name = (path: string) => path.replace(/^\//, "");
  const parents = new Set(
    [...files.map(({ path }) => path), ...Object.keys(texts), ...folders.map(({ path }) => path)].flatMap(
      foldersAbove,
    ),
  );
  for (const path of [...parents].sort()) archive.entry({ name: name(path), type: "directory", mode: 0o755 });
  for (const { path, ...owner } of folders) archive.entry({ name: name(path), type: "directory", ...owner });
  for (const [path, text] of Object.entries(texts)) archive.entry({ name: name(path), mode: 0o644 }, text);
  for (const [path, linkname] of Object.entries(links))
    archive.entry({ name: name(path), type: "symlink", linkname });
  for (const { path, source, mode } of files) {
    const { size } = await stat(source);
    await pipeline(createReadStream(source), archive.entry({ name: name(path), size, mode }));
  }
}

function foldersAbove(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === "/" ? [] : [...foldersAbove(folder), folder];
}
