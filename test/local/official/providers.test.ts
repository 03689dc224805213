import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineEnvironment } from "../../../local/host/environment.ts";
import { statePaths } from "../../../local/host/state-folder.ts";
import {
  formatProviders,
  officialProviders,
  providerNames,
  refuseOthers,
} from "../../../local/official/providers.ts";
import { temporaryFolder } from "../platforms/support.ts";

const paths = statePaths({ AGENTPAY_LOCAL_HOME: temporaryFolder() });
const asked = (text?: string) => officialProviders(paths, { AGENTPAY_LOCAL_PROVIDERS: text });

test.each([
  [undefined, []],
  [" ", []],
  ["stand-ins", []],
  ["official", ["docker", "grafana", "pagerduty", "sentry"]],
  ["aws,datadog", ["aws", "datadog"]],
  ["sentry, pagerduty", ["pagerduty", "sentry"]],
])("%s asks for %j", async (given, expected) => {
  expect(await asked(given)).toEqual(expected);
});

test.each(["offical", "pagerduty,slack", "toString"])("%s is refused, with what there is", async (given) => {
  await expect(asked(given)).rejects.toThrow(
    /must be official, stand-ins, or a list of aws, datadog, docker/,
  );
});

test("the stack remembers, and what is asked for counts more", async () => {
  writeFileSync(join(paths.home, "providers.txt"), formatProviders(["docker", "grafana"]));
  expect(await asked()).toEqual(["docker", "grafana"]);
  expect(await asked("stand-ins")).toEqual([]);
});

test("a command on a stack of other providers than are asked for is refused, and says how it is moved", async () => {
  writeFileSync(join(paths.home, "providers.txt"), formatProviders(["docker", "grafana"]));
  const asks = (text?: string) => refuseOthers(paths, { AGENTPAY_LOCAL_PROVIDERS: text });
  await asks();
  await asks("grafana,docker");
  await expect(asks("stand-ins")).rejects.toThrow(
    "was made with docker,grafana, not with stand-ins. To move it: make up PROVIDERS=stand-ins",
  );
});

test("the engine is attached to a stand-in of every provider but the official ones", () => {
  const providers = (official: Parameters<typeof engineEnvironment>[2]) =>
    engineEnvironment(paths, 4711, official)["PULUMI_DEBUG_PROVIDERS"];
  expect(providers([])).toBe(providerNames.map((name) => `${name}:4711`).join(","));
  expect(providers(["aws", "docker", "sentry"])).toBe("datadog:4711,grafana:4711,pagerduty:4711");
});
