import type { Stack } from "../../../operations/verify/stack.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { configurationOf, type Overrides } from "../../support/program.ts";

/** Production with an engine elsewhere, at the addresses and with the secrets given. */
export function remoteStack(
  overrides: Overrides,
  secrets: Stack["secrets"],
  engineRoutingKey: string,
): Stack {
  const configuration = configurationOf("production", { "metrics.engine": "remote", ...overrides });
  return {
    settings: parseSettings("production", configuration),
    secrets,
    outputs: { engineRoutingKey },
  };
}
