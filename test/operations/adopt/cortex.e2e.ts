/**
 * Amazon's Prometheus adopted as a whole: a stack of `make up ENGINE=cortex` whose state has forgotten the workspace, what
 * is in it, and the secret that its Alertmanager reads. Then adopt, then up. The tests build on one another, in order.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AmpClient, ListWorkspacesCommand } from "@aws-sdk/client-amp";
import { KMSClient, ListKeysCommand } from "@aws-sdk/client-kms";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, describe, expect, test } from "vitest";
import { cortex } from "../../../operations/tools/tools.ts";
import { ensureTool, ToolUnavailableError } from "../../../toolkit/toolchain/find.ts";
import { adoption, type Exported, forgetAllButContainers } from "../../support/adoption.ts";
import { deployedStack, root } from "../../support/deployed-stack.ts";
import { portOffsets } from "../../support/port-offsets.ts";

const isHere = await ensureTool(cortex).then(
  () => true,
  (error: unknown) => {
    if (error instanceof ToolUnavailableError) return false;
    throw error;
  },
);

/** Put again, as a newer version. */
const SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion";
const ENGINE = /^aws:(amp|kms|secretsmanager)\//;

describe.skipIf(!isHere)("a stack on Amazon's Prometheus, which the state has forgotten", () => {
  const { stack, pulumi, succeed, aws } = deployedStack(portOffsets.adopt, {
    AGENTPAY_LOCAL_ENGINE: "cortex",
  });
  afterAll(() => rm(join(root, ".adopt", "local"), { recursive: true, force: true }));

  /** What the state has of it, by its ids, and what AWS has. */
  async function engine() {
    const options = aws("eu-central-1");
    const { deployment }: Exported = JSON.parse(await pulumi("stack", "export"));
    const { workspaces = [] } = await new AmpClient(options).send(new ListWorkspacesCommand({}));
    const { Keys = [] } = await new KMSClient(options).send(new ListKeysCommand({}));
    const { SecretList = [] } = await new SecretsManagerClient(options).send(new ListSecretsCommand({}));
    return {
      kept: Object.fromEntries(
        deployment.resources
          .filter(({ type }) => ENGINE.test(type) && type !== SECRET_VERSION)
          .map(({ urn, id }) => [urn, id]),
      ),
      workspaces: workspaces.map(({ workspaceId }) => workspaceId),
      keys: Keys.map(({ KeyId }) => KeyId),
      secrets: SecretList.map(({ ARN }) => ARN),
    };
  }
  let before: Awaited<ReturnType<typeof engine>>;

  test("all of it is found, and nothing of it would be made or replaced", async () => {
    before = await engine();
    expect(before.workspaces).toHaveLength(1);
    await forgetAllButContainers(pulumi);
    const plan = await adoption(stack(), "--yes");
    expect(plan.of("conflict")).toEqual([]);
    expect(plan.code).toBe(0);
    const names = (action: "adopt" | "make" | "up") =>
      plan
        .of(action)
        .filter(({ type }) => ENGINE.test(type))
        .map(({ name }) => name);
    expect(names("make")).toEqual([]);
    expect(names("up")).toEqual([expect.stringMatching(/-routing-key-value$/)]);
    expect(names("adopt")).toHaveLength(Object.keys(before.kept).length);
    expect((await adoption(stack())).of("adopt")).toEqual([]);
  });

  test("the next up makes none of it a second time, and the one after changes nothing", async () => {
    const output = await pulumi("up", "--yes", "--skip-preview", "--suppress-outputs");
    expect(output).not.toMatch(/ (deleted|replaced) \(\d/);
    expect(await engine()).toEqual(before);
    await succeed("pulumi", "--", "preview", "--expect-no-changes", "--suppress-outputs");
  });
});
