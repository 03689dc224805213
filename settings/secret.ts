/** A secret of the configuration, outside of Pulumi: nothing prints, serialises or compares what it holds. */
import { inspect } from "node:util";

const SHOWN = "[secret]";

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Hands its value to what keeps it secret from there on, such as `pulumi.secret`. */
  into<Kept>(keep: (value: string) => Kept): Kept {
    return keep(this.#value);
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
