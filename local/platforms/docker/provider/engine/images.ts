/** Images of a Docker Engine: the local one, else a pulled one, else a locally built one that stands for it. */
import type Docker from "dockerode";
import type { Properties } from "../../../../../toolkit/property-values.ts";
import type { Created, Live } from "../../../../host/resource.ts";
import { type Platform, withoutDigest } from "../driver.ts";
import type { ImageInputs } from "../inputs/resources.ts";
import { apiMessage, attempt, unlessAbsent } from "./errors.ts";

/** A registry's credentials, as the provider was given them. */
export interface RegistryCredentials {
  readonly address: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface ImageSources {
  /** Whether registries may be asked at all. */
  readonly mayPull: boolean;
  readonly credentials: readonly RegistryCredentials[];
  /** Builds the image that stands for a published one. Gives its id. @throws where it can't. */
  readonly build: (published: string) => Promise<string>;
}

export class EngineImages implements Platform<ImageInputs> {
  readonly #engine: Docker;
  readonly #sources: ImageSources;

  constructor(engine: Docker, sources: ImageSources) {
    this.#engine = engine;
    this.#sources = sources;
  }

  async create({ name, platform }: ImageInputs): Promise<Created> {
    const imageId =
      (await this.#local(name)) ??
      (await this.#pulled(name, platform)) ??
      (await this.#sources.build(withoutDigest(name)));
    return { id: `${imageId}${name}`, outputs: await this.#outputs(imageId, name) };
  }

  async read(id: string, { inputs }: { inputs: ImageInputs }): Promise<Live | undefined> {
    const imageId = id.slice(0, -inputs.name.length);
    const found = await unlessAbsent(this.#engine.getImage(imageId).inspect());
    return found && { inputs, outputs: await this.#outputs(imageId, inputs.name) };
  }

  async update(id: string, inputs: ImageInputs): Promise<Properties> {
    return this.#outputs(id.slice(0, -inputs.name.length), inputs.name);
  }

  async delete(id: string, { inputs }: { inputs: ImageInputs }): Promise<void> {
    if (inputs.keepLocally) return;
    const image = this.#engine.getImage(id.slice(0, -inputs.name.length));
    await attempt(`Unable to remove image ${inputs.name}`, () =>
      unlessAbsent(image.remove({ force: inputs.forceRemove ?? false })),
    );
  }

  async #local(name: string): Promise<string | undefined> {
    return (await unlessAbsent(this.#engine.getImage(name).inspect()))?.Id;
  }

  async #pulled(name: string, platform: string | undefined): Promise<string | undefined> {
    if (!this.#sources.mayPull) return undefined;
    try {
      const stream = await this.#engine.pull(name, {
        ...(platform ? { platform } : {}),
        authconfig: credentialsFor(name, this.#sources.credentials),
      });
      await new Promise<void>((resolve, reject) => {
        this.#engine.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      return this.#builtInstead(name, error);
    }
    return this.#local(name);
  }

  /** @throws with both reasons where the image can neither be pulled nor built. */
  async #builtInstead(name: string, refusal: unknown): Promise<string> {
    try {
      return await this.#sources.build(withoutDigest(name));
    } catch (error) {
      const reasons = `${apiMessage(refusal)}; and ${error instanceof Error ? error.message : error}`;
      throw new Error(`"name": ${name} can't be pulled: ${reasons}`);
    }
  }

  async #outputs(imageId: string, name: string): Promise<Properties> {
    const { RepoDigests = [] } = await this.#engine.getImage(imageId).inspect();
    const pinned = /@sha256:[a-f0-9]{64}$/.test(name) ? name : "";
    return { imageId, repoDigest: RepoDigests[0] ?? pinned };
  }
}

/** `auth` for the registry in an image's name; Docker Hub where it names none. */
function credentialsFor(name: string, all: readonly RegistryCredentials[]): Docker.AuthConfig | undefined {
  const [first = ""] = name.split("/", 1);
  const registry = /[.:]|^localhost$/.test(first) && name.includes("/") ? first : "docker.io";
  const found = all.find(({ address }) =>
    address
      .replace(/^https?:\/\//, "")
      .split("/", 1)[0]
      ?.endsWith(registry),
  );
  return (
    found && { username: found.username ?? "", password: found.password ?? "", serveraddress: found.address }
  );
}
