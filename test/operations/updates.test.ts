/** That the update bot finds what is pinned in code. That it then does what is meant, only a run of it shows. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { images } from "../../catalog/images.ts";
import { pagerDutyPlugin } from "../../catalog/provider-plugins.ts";
import { tools } from "../../operations/tools/tools.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";

const read = (file: string) => readFileSync(join(REPOSITORY, file), "utf8");

const renovate = z
  .object({
    minimumReleaseAge: z.string(),
    packageRules: z.array(
      z.object({ groupName: z.string().optional(), matchPackageNames: z.array(z.string()).optional() }),
    ),
    customManagers: z.array(
      z.object({
        managerFilePatterns: z.array(z.string()),
        matchStrings: z.array(z.string()),
      }),
    ),
  })
  .parse(JSON.parse(read("renovate.json")));

/** What the bot finds in a file: name, version, digest. */
function foundIn(file: string) {
  const managers = renovate.customManagers.filter(({ managerFilePatterns }) =>
    managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(file)),
  );
  return managers.flatMap(({ matchStrings }) =>
    matchStrings.flatMap((expression) =>
      [...read(file).matchAll(new RegExp(expression, "g"))].map(({ groups = {} }) => ({
        name: groups["depName"],
        version: groups["currentValue"],
        digest: groups["currentDigest"],
      })),
    ),
  );
}

const sorted = <Item extends { readonly name: string | undefined }>(items: readonly Item[]) =>
  items.toSorted((left, right) => String(left.name).localeCompare(String(right.name)));

test("every container image is found, with its digest where it has one", () => {
  const expected = Object.values(images).map(({ repository: name, version, ...rest }) => ({
    ...{ name, version },
    digest: "digest" in rest ? rest.digest : undefined,
  }));
  expect(sorted(foundIn("catalog/images.ts"))).toEqual(sorted(expected));
});

test("the CLI is found, and is of the SDK's version", () => {
  const { version } = tools.pulumi;
  expect(foundIn("operations/tools/tools.ts")).toEqual([{ name: "pulumi", version, digest: undefined }]);
  expect(JSON.parse(read("package.json")).dependencies["@pulumi/pulumi"]).toBe(version);
  expect(read("operations/tools/pulumi-cli/go.mod")).toContain(`github.com/pulumi/pulumi/pkg/v3 v${version}`);
});

test("PagerDuty's plugin is found, and comes with the SDKs of the others", () => {
  expect(foundIn("catalog/provider-plugins.ts")).toEqual([
    { name: "pagerDuty", version: pagerDutyPlugin, digest: undefined },
  ]);
  const group = renovate.packageRules.find(({ groupName }) => groupName === "Pulumi providers");
  expect(group?.matchPackageNames).toContain("pulumi/pulumi-pagerduty");
});

test("nothing is taken on the day that it came out", () => {
  expect(renovate.minimumReleaseAge).toBe("7 days");
});
