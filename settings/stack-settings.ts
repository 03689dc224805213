/** Settings of the stack that Pulumi is running, and their secrets as Pulumi keeps them. */

import * as pulumi from "@pulumi/pulumi";
import { parseJson } from "../toolkit/json.ts";
import { REPOSITORY } from "../toolkit/repository.ts";
import { readAnnouncements } from "./announcements.ts";
import { SettingsError } from "./messages.ts";
import type { Settings } from "./schema.ts";
import type { Secret } from "./secret.ts";
import { parseSettings } from "./settings.ts";
import { plainSecretsIn } from "./settings-file.ts";
import { stacksIn } from "./stack-files.ts";

/** @throws RunError that lists every problem: Pulumi prints its message alone, without a stack trace */
export function loadSettings(): Settings {
  const folder = REPOSITORY;
  const stack = pulumi.getStack();
  const prefix = `${pulumi.getProject()}:`;
  const configuration = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), fromJson(value)]);
  try {
    const stacks = stacksIn(folder);
    return parseSettings(stack, Object.fromEntries(configuration), {
      announced: readAnnouncements(folder, stack, stacks),
      plainSecrets: plainSecretsIn(folder, stack),
      stacks,
    });
  } catch (error) {
    throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
  }
}

/** Encrypted in the state and shown nowhere, as is everything that is made of it. */
export function pulumiSecret(secret: Secret): pulumi.Output<string> {
  return secret.into((value) => pulumi.secret(value));
}

/** Pulumi hands maps to the program as JSON, and texts as they are. */
function fromJson(value: string): unknown {
  return value.startsWith("{") ? (parseJson(value) ?? value) : value;
}
