/** Image repository -> the program that runs in its place on this machine. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY } from "../../../../../toolkit/repository.ts";
import type { ServiceContext } from "../../../../host/service.ts";
import { type PublishedImage, publishedImages } from "../../published/published-images.ts";

export interface LocalProgram {
  readonly image: PublishedImage;
  /** The program and what comes before the container's own arguments. @throws where it is not on this machine. */
  start(): Promise<readonly string[]>;
}

/** Programs by image repository, such as `prom/prometheus`. */
export type LocalPrograms = Readonly<Record<string, LocalProgram>>;

export function localPrograms(tools: ServiceContext["tools"]): LocalPrograms {
  return Object.fromEntries(
    publishedImages.map((image) => [image.repository, { image, start: () => startOf(image, tools) }]),
  );
}

async function startOf(
  { program, repository }: PublishedImage,
  tools: ServiceContext["tools"],
): Promise<readonly string[]> {
  if ("module" in program) {
    return [process.execPath, join(REPOSITORY, program.module)];
  }
  const path = tools[program.tool].binaries[program.binary];
  if (path === undefined || !(await exists(path))) {
    throw new Error(
      `${repository} needs the program ${program.binary}, which is not on this machine. Run make up again.`,
    );
  }
  return [path];
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
