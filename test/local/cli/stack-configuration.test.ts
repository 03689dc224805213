import { readFile } from "node:fs/promises";
import { expect, it, vi } from "vitest";
import { parse } from "yaml";
import {
  shiftConfiguration,
  stackConfiguration,
  useEngineAt,
} from "../../../local/cli/stack-configuration.ts";
import { localPorts, PORT_OFFSET_VARIABLE } from "../../../local/host/ports.ts";
import { statePaths } from "../../../local/host/state-folder.ts";
import { temporaryFolder } from "../platforms/support.ts";

const OFFSET = 20_000;

it("moves every port of the stack's configuration, and changes nothing else", async () => {
  const text = await readFile("Pulumi.local.yaml", "utf8");
  const shifted = shiftConfiguration(text, OFFSET);
  for (const port of Object.values(localPorts(0))) expect(shifted).not.toMatch(new RegExp(`:${port}\\b`));
  const metrics = parse(shifted).config["agentpay-monitoring:metrics"];
  expect(metrics).toMatchObject({ prometheusPort: 29_090, alertmanagerPort: 29_093, grafanaPort: 23_001 });
  expect(metrics).toMatchObject({ prometheusReplicaPort: 29_091, alertmanagerReplicaPort: 29_095 });
  expect(parse(shifted).config["agentpay-monitoring:uptime"]).toMatchObject({ statusPagePort: 28_120 });
  expect(metrics.grafanaAdminPassword).toBe(
    parse(text).config["agentpay-monitoring:metrics"].grafanaAdminPassword,
  );
  expect(parse(shifted).encryptionsalt).toBe(parse(text).encryptionsalt);
});

it("says where the Docker Engine is that an official plugin uses, for as long as it does", async () => {
  vi.stubEnv(PORT_OFFSET_VARIABLE, "");
  const paths = statePaths({ AGENTPAY_LOCAL_HOME: temporaryFolder() });
  const hostIn = async (file = "") =>
    parse(await readFile(file, "utf8")).config["agentpay-monitoring:metrics"].dockerHost;
  await useEngineAt(paths, "unix:///var/run/docker.sock");
  expect(await stackConfiguration(paths)).toBeUndefined();
  await useEngineAt(paths, "unix:///run/user/1000/docker.sock");
  expect(await hostIn(await stackConfiguration(paths))).toBe("unix:///run/user/1000/docker.sock");
  await useEngineAt(paths, "tcp://127.0.0.1:2375");
  expect(await hostIn(await stackConfiguration(paths))).toBe("tcp://127.0.0.1:2375");
  await useEngineAt(paths, undefined);
  expect(await stackConfiguration(paths)).toBeUndefined();
  vi.stubEnv(PORT_OFFSET_VARIABLE, "20000");
  expect(await hostIn(await stackConfiguration(paths))).toBeUndefined();
  vi.unstubAllEnvs();
});
