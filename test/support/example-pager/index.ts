/** What others reach the tests' pager by. Nothing is made: its one token is a setting. */
import * as pulumi from "@pulumi/pulumi";
import type { DeployedPager, Pager } from "../../../components/shared/pager.ts";
import { pulumiSecret } from "../../../settings/stack-settings.ts";
import type { EnabledExamplePager } from "./settings.ts";

export function connect({ url, token }: EnabledExamplePager): Omit<DeployedPager, keyof Pager> {
  const key = pulumiSecret(token);
  return {
    url: pulumi.output(url),
    alertmanagerKey: key,
    sns: { protocol: "https", endpoint: pulumi.interpolate`${url}/sns/${key}` },
    uptimeKey: key,
  };
}
