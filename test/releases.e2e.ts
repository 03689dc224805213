/** The engine plays this version of the program against the state that a release left: what it would replace or delete. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDaemon, stopDaemon } from "../local/cli/daemon-control.ts";
import { ensureTools } from "../local/cli/tools.ts";
import { PORT_OFFSET_VARIABLE } from "../local/host/ports.ts";
import { statePaths } from "../local/host/state-folder.ts";
import { OPS, type OwnStack, ownStack } from "../local/official/stack.ts";
import { keptReleases, keptState, PORT_OFFSET } from "../local/releases/kept.ts";
import { versionThatExplains } from "../operations/upgrades/changelog.ts";
import { changelog, type Loss } from "../operations/upgrades/check.ts";

let home: string;
let stack: OwnStack;

// Only the services: what the state names need not be there, since a preview reads nothing.
beforeAll(async () => {
  stack = await ownStack("stand-ins", PORT_OFFSET, { AGENTPAY_LOCAL_DRIVER: "process" });
  home = stack.home;
  process.env["AGENTPAY_LOCAL_HOME"] = home;
  process.env[PORT_OFFSET_VARIABLE] = String(PORT_OFFSET);
  await startDaemon(statePaths(), await ensureTools());
  await stack.pulumi("stack", "init", "local");
});
afterAll(async () => {
  await stopDaemon(statePaths());
  await stack.remove();
});

/** @param change of the state's text */
async function lossesOf(version: string, change = (state: string) => state): Promise<readonly Loss[]> {
  const file = join(home, "release.json");
  await writeFile(file, change(await keptState(version, home)));
  await stack.pulumi("stack", "import", "--file", file);
  const { code, stdout, output } = await stack.run(OPS, "upgrade", "--check", "--stack", "local", "--json");
  if (code !== 0 && code !== 7) throw new Error(output);
  return (JSON.parse(stdout) as { losses: readonly Loss[] }).losses;
}

test.each(await keptReleases())(
  "from %s, nothing is replaced or deleted that CHANGELOG.md does not explain",
  async (version) => {
    const versions = await changelog();
    const losses = await lossesOf(version);
    expect(losses.filter(({ urn }) => versionThatExplains(urn, versions, version) === undefined)).toEqual([]);
  },
);

test("a topic of another name, and a resource that is no more, are seen", async () => {
  const [version = ""] = await keptReleases();
  const losses = await lossesOf(version, (state) =>
    state
      .replaceAll("agentpay-local-heartbeat", "agentpay-local-beat")
      .replaceAll('::on-call-escalation"', '::on-call-old"'),
  );
  const seen = losses.map(({ urn, kind }) => `${urn.split("::").at(-1)} ${kind}`);
  expect(seen).toEqual(
    expect.arrayContaining(["dead-mans-switch-heartbeat replaced", "on-call-old deleted"]),
  );
});
