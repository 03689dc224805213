/** Amazon Managed Service for Prometheus: it keeps what it is given, and hands it to the engine where the stack has one. */
import { randomUUID } from "node:crypto";
import { parse } from "yaml";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { policyDocument } from "../policy-document.ts";
import { arnOf, problem, refused, region, tags, text } from "../schema.ts";
import { keptOf, keptResource } from "./kept.ts";

const WORKSPACE = "amp-workspace";
const workspaceId = text(1, 64).regex(/^[0-9A-Za-z][-.0-9A-Z_a-z]*$/, "must be the id of a workspace");

export function workspace(connection: Connection) {
  const inputs = z.strictObject({
    alias: text(0, 100).optional(),
    kmsKeyArn: arnOf("kms").optional(),
    loggingConfiguration: z
      .strictObject({
        logGroupArn: arnOf("logs").refine((arn) => arn.endsWith(":*"), "must end in :*, as AWS wants it"),
      })
      .optional(),
    region: region().optional(),
    tags: tags(connection.defaultTags),
  });
  return keptResource(connection, {
    kind: WORKSPACE,
    inputs,
    replaceOn: ["kmsKeyArn", "region"],
    named: false,
    makeId: async () => `ws-${randomUUID()}`,
    async outputs(id, given) {
      const place = given.region ?? connection.region;
      const { accountId } = await connection.caller();
      return {
        arn: `arn:aws:aps:${place}:${accountId}:workspace/${id}`,
        prometheusEndpoint:
          connection.engine?.endpointOf(id) ??
          `https://aps-workspaces.${place}.amazonaws.com/workspaces/${id}/`,
        region: place,
      };
    },
  });
}

/** @throws where there is no such workspace */
function requireWorkspace({ store }: Connection, id: string): void {
  if (store.get(WORKSPACE, id) === undefined) throw new Error(`Workspace not found: ${id}`);
}

const ruleGroups = z.object({
  groups: z
    .array(
      z.strictObject({
        name: z.string("needs a name"),
        interval: z.string().optional(),
        limit: z.number().optional(),
        query_offset: z.string().optional(),
        rules: z.array(
          z
            .object({ alert: z.string().optional(), record: z.string().optional(), expr: z.string() })
            .refine(({ alert, record }) => (alert === undefined) !== (record === undefined), {
              error: "must have either alert or record",
            }),
        ),
      }),
    )
    .min(1, "must hold at least one group"),
});

/** Workspace and namespace. Its id is its ARN, as of the official plugin. */
function placeOf(arn: string): [string, string] {
  const [, workspace = "", namespace = ""] = arn.split("/");
  return [workspace, namespace];
}

export function ruleGroupNamespace(connection: Connection) {
  const { engine } = connection;
  const inputs = z.strictObject({
    data: yamlOf(ruleGroups, 1_000_000),
    name: text(1, 64)
      .regex(/^[0-9A-Za-z][-.0-9A-Z_a-z]*$/, "may hold letters, digits and - . _")
      .optional(),
    region: region().optional(),
    tags: tags(connection.defaultTags),
    workspaceId,
  });
  return keptResource(connection, {
    kind: "amp-rule-group-namespace",
    inputs,
    replaceOn: ["name", "workspaceId", "region"],
    async makeId(given) {
      requireWorkspace(connection, given.workspaceId);
      const place = given.region ?? connection.region;
      const { accountId } = await connection.caller();
      const path = `${given.workspaceId}/${given.name ?? randomUUID()}`;
      return `arn:aws:aps:${place}:${accountId}:rulegroupsnamespace/${path}`;
    },
    outputs: (id, given) => ({ arn: id, region: given.region ?? connection.region }),
    work: {
      begin: async (id, { data }) => engine?.setRules(...placeOf(id), data),
      end: async (id) => engine?.removeRules(...placeOf(id)),
    },
  });
}

const secretReference = z.strictObject({
  aws_secrets_manager: z.strictObject({
    secret_arn: arnOf("secretsmanager"),
    secret_key: z.string(),
    refresh_interval: z.string().optional(),
  }),
});
const sent = { send_resolved: z.boolean().optional() };
const texts = (...names: string[]) => Object.fromEntries(names.map((name) => [name, z.string().optional()]));

/** Exactly the fields that Amazon lists: no `url`, `links`, `*_file` or `http_config`. */
const pagerDuty = z.strictObject({
  ...sent,
  routing_key: secretReference.optional(),
  service_key: secretReference.optional(),
  ...texts("client", "client_url", "description", "severity", "class", "component", "group", "source"),
  details: z.record(z.string(), z.string()).optional(),
});
/** Without the region, Amazon can't sign; `api_url` is its own to set. */
const sns = z.strictObject({
  ...sent,
  topic_arn: arnOf("sns"),
  sigv4: z.strictObject({ region: z.string("needs a region"), role_arn: z.string().optional() }),
  ...texts("subject", "message"),
  attributes: z.record(z.string(), z.string()).optional(),
});
const receiver = z.strictObject(
  {
    name: z.string(),
    pagerduty_configs: z.array(pagerDuty).optional(),
    sns_configs: z.array(sns).optional(),
  },
  "may only have pagerduty_configs and sns_configs, with the fields that Amazon lists",
);
const definition = z.strictObject({
  template_files: z.record(z.string(), z.string()).optional(),
  alertmanager_config: z
    .string()
    .transform((yaml) => parse(yaml))
    .pipe(z.looseObject({ route: z.looseObject({ receiver: z.string() }), receivers: z.array(receiver) })),
});

export function alertManagerDefinition(connection: Connection) {
  const { engine } = connection;
  const inputs = z.strictObject({
    definition: yamlOf(definition, 1_000_000),
    region: region().optional(),
    workspaceId,
  });
  return keptOf(connection, {
    kind: "amp-alertmanager-definition",
    inputs,
    owner: "workspaceId",
    requireOwner: requireWorkspace,
    work: {
      begin: async (id, given) => engine?.setDefinition(id, given.definition),
      end: async (id) => engine?.removeDefinition(id),
    },
  });
}

export function workspacePolicy(connection: Connection) {
  const inputs = z.strictObject({
    policyDocument: policyDocument("resource", 20_480),
    region: region().optional(),
    revisionId: refused("a revision is AWS's"),
    timeouts: refused("nothing takes long here"),
    workspaceId,
  });
  return keptOf(connection, {
    kind: "amp-workspace-policy",
    inputs,
    owner: "workspaceId",
    requireOwner: requireWorkspace,
    outputs: { revisionId: "1" },
  });
}

/** A text of YAML in this shape. */
function yamlOf(schema: z.ZodType, maximum: number) {
  return text(1, maximum).superRefine((given, context) => {
    let value: unknown;
    try {
      value = parse(given);
      for (const { path, message } of schema.safeParse(value).error?.issues ?? []) {
        problem(context, [], `${path.join(".")} ${message}`);
      }
    } catch {
      problem(context, [], "must be YAML");
    }
  });
}
