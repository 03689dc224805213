import { randomUUID } from "node:crypto";
import { isIP } from "node:net";
import {
  ChangeTagsForResourceCommand,
  CreateHealthCheckCommand,
  DeleteHealthCheckCommand,
  GetHealthCheckCommand,
  type HealthCheckConfig,
  ListTagsForResourceCommand,
  UpdateHealthCheckCommand,
} from "@aws-sdk/client-route-53";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed, sameMembers } from "../handler.ts";
import { arnOf, oneOf, problem, region, tags, text, wholeNumber } from "../schema.ts";
import { changeTags, tagList, tagRecord } from "../tags.ts";

/** The emulator drops the regions on update. */
const kind = "health-check";

const checkerRegions = [
  "us-east-1",
  "us-west-1",
  "us-west-2",
  "eu-west-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-northeast-1",
  "sa-east-1",
] as const;

const endpointTypes = ["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"] as const;
const types = [...endpointTypes, "CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"] as const;
type Type = (typeof types)[number];

const webTypes: readonly Type[] = ["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH"];
const matchTypes: readonly Type[] = ["HTTP_STR_MATCH", "HTTPS_STR_MATCH"];
const tlsTypes: readonly Type[] = ["HTTPS", "HTTPS_STR_MATCH"];

interface InputOfTypes {
  readonly types: readonly Type[];
  readonly requiredBy?: readonly Type[];
}

/** Inputs that only some types of check have, and the types that can't do without. */
const inputsOfTypes: Readonly<Record<string, InputOfTypes>> = {
  searchString: { types: matchTypes, requiredBy: matchTypes },
  resourcePath: { types: webTypes },
  enableSni: { types: tlsTypes },
  fqdn: { types: endpointTypes },
  ipAddress: { types: endpointTypes },
  port: { types: endpointTypes, requiredBy: ["TCP"] },
  requestInterval: { types: endpointTypes },
  failureThreshold: { types: endpointTypes },
  regions: { types: endpointTypes },
  childHealthchecks: { types: ["CALCULATED"], requiredBy: ["CALCULATED"] },
  childHealthThreshold: { types: ["CALCULATED"] },
  cloudwatchAlarmName: { types: ["CLOUDWATCH_METRIC"], requiredBy: ["CLOUDWATCH_METRIC"] },
  cloudwatchAlarmRegion: { types: ["CLOUDWATCH_METRIC"], requiredBy: ["CLOUDWATCH_METRIC"] },
  insufficientDataHealthStatus: { types: ["CLOUDWATCH_METRIC"] },
  routingControlArn: { types: ["RECOVERY_CONTROL"], requiredBy: ["RECOVERY_CONTROL"] },
};

const hostName =
  /^(?=.{1,255}$)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?$/;
const unreachable =
  /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|0\.|22[4-9]\.|23\d\.|::1$|f[cde])/i;

function schema(connection: Connection) {
  return z
    .strictObject({
      type: oneOf(types),
      childHealthThreshold: wholeNumber(0, 256).optional(),
      childHealthchecks: z.array(text(1, 64)).max(256, "must name at most 256 checks").optional(),
      cloudwatchAlarmName: text(1, 255).optional(),
      cloudwatchAlarmRegion: region().optional(),
      disabled: z.boolean().default(false),
      enableSni: z.boolean().optional(),
      failureThreshold: wholeNumber(1, 10).optional(),
      fqdn: z.string().regex(hostName, "must be a host name, without https:// and path").optional(),
      insufficientDataHealthStatus: oneOf(["Healthy", "Unhealthy", "LastKnownStatus"]).optional(),
      invertHealthcheck: z.boolean().optional(),
      ipAddress: z
        .string()
        .refine((address) => isIP(address) !== 0, "must be an IPv4 or IPv6 address")
        .refine((address) => !unreachable.test(address), "must be a public address: AWS checks from outside")
        .optional(),
      measureLatency: z.boolean().default(false),
      port: wholeNumber(1, 65_535).optional(),
      referenceName: text(0, 27).optional(),
      regions: z
        .array(oneOf(checkerRegions))
        .min(3, "must name at least 3 regions")
        .refine((all) => new Set(all).size === all.length, "must not repeat a region")
        .optional(),
      requestInterval: z.literal([10, 30], "must be 10 or 30 (seconds)").optional(),
      resourcePath: text(0, 255).optional(),
      routingControlArn: arnOf("route53-recovery-control").optional(),
      searchString: text(1, 255).optional(),
      tags: tags(connection.defaultTags),
      triggers: z.record(z.string(), z.string()).optional(),
    })
    .superRefine((inputs, context) => {
      for (const [name, rule] of Object.entries(inputsOfTypes)) checkInputOfType(inputs, name, rule, context);
      const endpoint = (endpointTypes as readonly Type[]).includes(inputs.type);
      if (endpoint && !inputs.fqdn && !inputs.ipAddress) {
        problem(context, "fqdn", `is missing: type ${inputs.type} needs fqdn or ipAddress`);
      }
    });
}

function checkInputOfType(
  inputs: Record<string, unknown> & { readonly type: Type },
  name: string,
  { types: allowed, requiredBy = [] }: InputOfTypes,
  context: z.core.$RefinementCtx,
): void {
  if (inputs[name] === undefined && requiredBy.includes(inputs.type)) {
    problem(context, name, `is required for type ${inputs.type}`);
  }
  if (inputs[name] !== undefined && !allowed.includes(inputs.type)) {
    problem(context, name, `is not for type ${inputs.type}: only for ${allowed.join(", ")}`);
  }
}

type Inputs = z.output<ReturnType<typeof schema>>;

export function healthCheck(connection: Connection) {
  const route53 = () => connection.client("route53");

  async function find(HealthCheckId: string) {
    const command = new GetHealthCheckCommand({ HealthCheckId });
    return (await unlessMissing(route53().send(command)))?.HealthCheck?.HealthCheckConfig;
  }

  async function liveTags(ResourceId: string) {
    const command = new ListTagsForResourceCommand({ ResourceType: "healthcheck", ResourceId });
    return tagRecord((await route53().send(command)).ResourceTagSet?.Tags);
  }

  async function setTags(ResourceId: string, current: Record<string, string>, wanted: Inputs["tags"]) {
    const target = { ResourceType: "healthcheck", ResourceId } as const;
    await changeTags(current, wanted, {
      remove: (RemoveTagKeys) =>
        route53().send(new ChangeTagsForResourceCommand({ ...target, RemoveTagKeys })),
      add: (added) =>
        route53().send(new ChangeTagsForResourceCommand({ ...target, AddTags: tagList(added) })),
    });
  }

  async function outputs(id: string, inputs: Inputs) {
    const live = await find(id);
    return {
      arn: `arn:aws:route53:::healthcheck/${id}`,
      enableSni: live?.EnableSNI ?? false,
      failureThreshold: live?.FailureThreshold ?? 3,
      tagsAll: inputs.tags ?? {},
    };
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["type", "measureLatency", "referenceName", "requestInterval", "routingControlArn"],
    writeOnly: ["referenceName", "triggers", "measureLatency"],

    async create(inputs) {
      const reference = [inputs.referenceName, randomUUID()].filter(Boolean).join("-");
      const command = { CallerReference: reference, HealthCheckConfig: request(inputs) };
      const id = (await route53().send(new CreateHealthCheckCommand(command))).HealthCheck?.Id ?? "";
      await setTags(id, {}, inputs.tags);
      connection.store.set(kind, id, { regions: inputs.regions });
      return { id, outputs: await outputs(id, inputs) };
    },

    async read(id, last) {
      const live = await find(id);
      if (live === undefined) return undefined;
      const kept = connection.store.get(kind, id)?.["regions"] as Inputs["regions"];
      const tagsNow = await liveTags(id);
      return {
        inputs: observed(
          last.inputs,
          { ...response(live), regions: kept ?? (live.Regions as Inputs["regions"]), tags: tagsNow },
          {
            computed: [
              "enableSni",
              "failureThreshold",
              "requestInterval",
              "childHealthThreshold",
              "regions",
              // A check of a port always names it.
              ...(live.Type === "TCP" ? [] : (["port"] as const)),
            ],
            same: { regions: sameMembers, childHealthchecks: sameMembers },
          },
        ),
        outputs: { ...(await outputs(id, last.inputs)), tagsAll: tagsNow },
      };
    },

    async update(id, inputs) {
      const {
        Type: _type,
        RequestInterval: _interval,
        MeasureLatency: _latency,
        ...changed
      } = request(inputs);
      const { RoutingControlArn: _arn, ...config } = changed;
      await route53().send(new UpdateHealthCheckCommand({ HealthCheckId: id, ...config }));
      await setTags(id, await liveTags(id), inputs.tags);
      connection.store.set(kind, id, { regions: inputs.regions });
      return outputs(id, inputs);
    },

    async delete(id) {
      await unlessMissing(route53().send(new DeleteHealthCheckCommand({ HealthCheckId: id })));
      connection.store.delete(kind, id);
    },
  });
}

function request(inputs: Inputs): HealthCheckConfig {
  const alarm = inputs.cloudwatchAlarmName && {
    AlarmIdentifier: { Name: inputs.cloudwatchAlarmName, Region: inputs.cloudwatchAlarmRegion },
    InsufficientDataHealthStatus: inputs.insufficientDataHealthStatus,
  };
  return {
    Type: inputs.type,
    HealthThreshold: inputs.childHealthThreshold,
    ChildHealthChecks: inputs.childHealthchecks,
    Disabled: inputs.disabled,
    EnableSNI: inputs.enableSni ?? tlsTypes.includes(inputs.type),
    FailureThreshold: inputs.failureThreshold ?? 3,
    FullyQualifiedDomainName: inputs.fqdn,
    Inverted: inputs.invertHealthcheck ?? false,
    IPAddress: inputs.ipAddress,
    MeasureLatency: inputs.measureLatency,
    Port: inputs.port,
    Regions: inputs.regions,
    RequestInterval: inputs.requestInterval ?? 30,
    ResourcePath: inputs.resourcePath ?? "",
    RoutingControlArn: inputs.routingControlArn,
    SearchString: inputs.searchString,
    ...alarm,
  } as HealthCheckConfig;
}

function response(live: HealthCheckConfig): Partial<Inputs> {
  return {
    type: live.Type as Type,
    childHealthThreshold: live.HealthThreshold,
    childHealthchecks: live.ChildHealthChecks,
    cloudwatchAlarmName: live.AlarmIdentifier?.Name,
    cloudwatchAlarmRegion: live.AlarmIdentifier?.Region,
    disabled: live.Disabled,
    enableSni: live.EnableSNI,
    failureThreshold: live.FailureThreshold,
    fqdn: live.FullyQualifiedDomainName,
    insufficientDataHealthStatus: live.InsufficientDataHealthStatus as Inputs["insufficientDataHealthStatus"],
    invertHealthcheck: live.Inverted,
    ipAddress: live.IPAddress,
    port: live.Port,
    requestInterval: live.RequestInterval as Inputs["requestInterval"],
    resourcePath: live.ResourcePath,
    routingControlArn: live.RoutingControlArn,
    searchString: live.SearchString,
  };
}
