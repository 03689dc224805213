/** A connected stand-in for tests. Resources go through the provider server's own operations, as in a real run. */

import * as operations from "../../../../../local/host/operations.ts";
import { formatPath } from "../../../../../local/host/paths.ts";
import type { ConnectedPackage } from "../../../../../local/host/resource.ts";
import { checkInputs } from "../../../../../local/host/validation.ts";
import type { Configuration } from "../../../../../local/platforms/aws/provider/configuration.ts";
import { services } from "../../../../../local/platforms/aws/provider/configuration.ts";
import { awsPackage } from "../../../../../local/platforms/aws/provider/index.ts";
import type { Properties } from "../../../../../toolkit/property-values.ts";

/** The account that the emulator plays. */
export const account = "123456789012";

export function configurationFor(url: string, change: Properties = {}): Properties {
  return {
    region: "eu-west-1",
    accessKey: "test",
    secretKey: "test",
    allowedAccountIds: [account],
    defaultTags: { tags: { owner: "platform" } },
    endpoints: [Object.fromEntries(services.map((service) => [service, url]))],
    ...change,
  };
}

export interface State extends operations.State {
  readonly id: string;
}

export class Connected {
  readonly package: ConnectedPackage;

  private constructor(connected: ConnectedPackage) {
    this.package = connected;
  }

  /** Throws the configuration's mistakes, as the provider server would report them. */
  static async to(url: string, stateFolder: string, change: Properties = {}): Promise<Connected> {
    const standIn = awsPackage({ stateFolder });
    const given = configurationFor(url, change);
    const { mistakes, inputs } = checkInputs(standIn.configuration, given);
    if (mistakes.length > 0) throw new Error(mistakes.join("\n"));
    return new Connected(await standIn.connect(inputs as Configuration));
  }

  handler(type: string) {
    const found = this.package.resources[`aws:${type}`];
    if (found === undefined) throw new Error(`the stand-in has no ${type}`);
    return found;
  }

  /** Mistakes in the inputs, as a person would read them. */
  mistakes(type: string, inputs: Properties): readonly string[] {
    return checkInputs(this.handler(type).inputs, inputs).mistakes;
  }

  async create(type: string, name: string, given: Properties): Promise<State> {
    const inputs = this.#checked(type, given);
    const { id, outputs } = await operations.create(this.handler(type), name, inputs);
    return { id, inputs, outputs };
  }

  /** What really is there now. Undefined where it is gone. */
  async read(type: string, last: State): Promise<State | undefined> {
    const live = await operations.read(this.handler(type), last.id, last);
    return live && { ...live };
  }

  async update(type: string, last: State, given: Properties): Promise<State> {
    const inputs = this.#checked(type, given);
    return {
      id: last.id,
      inputs,
      outputs: await operations.update(this.handler(type), last.id, inputs, last),
    };
  }

  delete(type: string, last: State): Promise<void> {
    return operations.remove(this.handler(type), last.id, last);
  }

  /** Paths of the inputs that differ. */
  differences(type: string, before: State, after: State): readonly string[] {
    const compared = operations.compare(this.handler(type), before.inputs, after.inputs);
    return compared.differences.map(({ path }) => formatPath(path));
  }

  #checked(type: string, given: Properties): Properties {
    const { inputs, mistakes } = checkInputs(this.handler(type).inputs, given);
    if (mistakes.length > 0) throw new Error(`${type}: ${mistakes.join("; ")}`);
    return inputs;
  }
}
