/**
 * Which driver made what: while anything made by one driver is left, the other must not take over, or the first
 * one's containers would run on unseen.
 */
import { readIfExistsSync } from "../../../../toolkit/files.ts";
import { writeJsonFile } from "../../../../toolkit/json-file.ts";
import type { DriverKind, Platform } from "./driver.ts";

interface Content {
  readonly driver: DriverKind;
  readonly objects: readonly string[];
}

export class Register {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** The driver of what is left. Undefined where nothing is. */
  get driver(): DriverKind | undefined {
    return this.#read()?.driver;
  }

  /** The platform, with everything that it creates and deletes put down here. */
  keepingTrack<Inputs extends Record<string, unknown>>(
    driver: DriverKind,
    kind: string,
    platform: Platform<Inputs>,
  ): Platform<Inputs> {
    return {
      read: (id, last) => platform.read(id, last),
      update: (id, inputs, last) => platform.update(id, inputs, last),
      create: async (inputs, name) => {
        const created = await platform.create(inputs, name);
        this.#write(driver, [...this.#objects(), `${kind} ${created.id}`]);
        return created;
      },
      delete: async (id, last) => {
        await platform.delete(id, last);
        this.#write(
          driver,
          this.#objects().filter((entry) => entry !== `${kind} ${id}`),
        );
      },
    };
  }

  #objects(): readonly string[] {
    return this.#read()?.objects ?? [];
  }

  #read(): Content | undefined {
    const text = readIfExistsSync(this.#file);
    const content = text === undefined ? undefined : (JSON.parse(text) as Content);
    return content && content.objects.length > 0 ? content : undefined;
  }

  #write(driver: DriverKind, objects: readonly string[]): void {
    const content: Content = { driver, objects: [...new Set(objects)] };
    writeJsonFile(this.#file, content);
  }
}
