/** Each rule on what it lets pass, refuses, and can't judge yet; then all of them on what the program asks for. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unknownCheckingProxy } from "@pulumi/policy";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Exemption } from "../../policies/exemption.ts";
import { judgeProgram, type PolicyConfiguration, policyConfiguration } from "../../policies/judgement.ts";
import { policyOf } from "../../policies/policy.ts";
import { type Finding, type Rule, resourceRule, type Subject } from "../../policies/rule.ts";
import { rules } from "../../policies/rules/index.ts";
import * as types from "../../policies/rules/types.ts";
import { onTheWire, type Registration } from "../support/mocks.ts";
import { type Overrides, REPOSITORY, runProgram, type Stack, stacks } from "../support/program.ts";
import { leaks, sentinel } from "../support/secrets.ts";
import { cases, type Sketch } from "./cases.ts";
import { judge, pathsOf, subjectsOf, TODAY } from "./support.ts";

/** What excuses a finding. */
const exemptionOf = ({ urn, finding }: Finding, expires = TODAY): Exemption => ({
  ...{ resource: urn.replace(/^.*[$]/, ""), finding, reason: "until the move", ticket: "OPS-7", expires },
});

describe.each(rules.map((rule) => [rule.name, rule] as const))("%s", (name, rule) => {
  const { pass, fail, unknown, missing } = cases[name] ?? {
    pass: [],
    fail: [],
    unknown: [],
    missing: [{ type: "" }],
  };
  const refused = fail.map(([path, ...stack]) => ({ path, subjects: subjectsOf(stack) }));
  const last = (subjects: readonly Subject[]) => (rule.kind === "stack" ? subjects : subjects.slice(-1));

  test("lets pass what is right", () => {
    expect(pass.length).toBeGreaterThan(0);
    for (const stack of pass) expect(judge(rule, subjectsOf(stack))).toEqual([]);
  });

  test("refuses what is wrong, naming resource and property", () => {
    expect(refused.length).toBeGreaterThan(0);
    for (const { path, subjects } of refused) {
      const findings = judge(rule, last(subjects));
      expect(pathsOf(findings)).toContain(path);
      const names = subjects.map((subject) => subject.name);
      expect(findings.every(({ message }) => names.includes(message.split(":")[0] ?? ""))).toBe(true);
    }
  });

  test.skipIf(unknown === undefined)("leaves open what is not known yet, and refuses nothing for it", () => {
    expect(unknown?.length).toBeGreaterThan(0);
    for (const stack of unknown ?? []) {
      const findings = judge(rule, subjectsOf(stack));
      expect(findings.map(({ verdict }) => verdict)).toContain("unchecked");
      expect(pathsOf(findings)).toEqual([]);
    }
  });

  test("knows what a property that is missing means", () => {
    const [resource, ...paths] = missing;
    expect(pathsOf(judge(rule, subjectsOf([resource]))).toSorted()).toEqual(paths.toSorted());
  });

  test("excuses the finding that is exempt to the last day, and then refuses the exemption as well", () => {
    for (const { subjects } of refused) {
      const all = last(subjects);
      const wrong = judge(rule, all);
      for (const excused of wrong) {
        const left = judge(rule, all, { exempt: [exemptionOf(excused)] });
        expect(left).toEqual(
          wrong.filter(({ urn, finding }) => urn !== excused.urn || finding !== excused.finding),
        );
      }
      const expired = judge(rule, all, { exempt: wrong.map((each) => exemptionOf(each, "2026-06-14")) });
      expect(expired.map(({ message }) => message)).toEqual(
        expect.arrayContaining([
          ...wrong.map(({ message }) => message),
          expect.stringMatching(/: its exemption \(OPS-7\) expired on 2026-06-14$/),
        ]),
      );
    }
  });

  test("each thing that it asks is refused in some case", () => {
    const asked = new Set<string>();
    const heard = new Set<string>();
    const listening = new Proxy(rule, {
      get: (target, key) => (key === "requirements" ? listen : Reflect.get(target, key)),
    });
    function* listen(...given: never[]) {
      for (const requirement of (rule.requirements as (...args: never[]) => Iterable<{ must: string }>)(
        ...given,
      )) {
        asked.add(requirement.must);
        yield requirement;
      }
    }
    for (const stack of [...refused.map(({ subjects }) => last(subjects)), subjectsOf([missing[0]])]) {
      for (const { verdict, message } of judge(listening, stack))
        if (verdict === "violation") heard.add(message.replace(/^.*" /, ""));
    }
    for (const stack of pass) judge(listening, subjectsOf(stack));
    expect([...heard].toSorted()).toEqual([...asked].toSorted());
  });

  test("never quotes a value, though it sees secrets in clear", () => {
    for (const [, ...stack] of fail) {
      const findings = judge(rule, last(subjectsOf(stack.map(withSentinels))));
      expect(leaks(findings.map(({ message }) => message))).toBe(false);
    }
  });

  test("says what it is, how bad, and what to do", () => {
    const policy = policyOf(rule);
    expect(policy.name).toMatch(
      /^[a-z0-9]+-[a-z0-9]+(-[a-z0-9]+)*-(missing|disallow|enable|disable|configure|enforce)-[a-z0-9-]+$/,
    );
    expect(policy.description).toMatch(/^[A-Z].{20,}\.$/);
    expect(policy.remediationSteps).toMatch(/^[A-Z].{10,}\.$/s);
    expect(["low", "medium", "high", "critical"]).toContain(policy.severity);
    expect(policy.url).toBe(
      `https://github.com/agentpay/agentpay-monitoring/blob/main/docs/policies.md#${name}`,
    );
    expect(["mandatory", "disabled"]).toContain(policy.enforcementLevel);
  });
});

/** Every text of a resource with a secret in it. */
function withSentinels(sketch: Sketch): Sketch {
  const spoil = (value: unknown): unknown => {
    if (typeof value === "string") return `${value}${sentinel("property")}`;
    if (Array.isArray(value)) return value.map(spoil);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spoil(item)]));
  };
  return { ...sketch, props: spoil(sketch.props ?? {}) as object };
}

test("every rule has its cases, and every case its rule", () => {
  expect(Object.keys(cases).toSorted()).toEqual(rules.map(({ name }) => name).toSorted());
});

test("one unknown value leaves the other resources, and the rest of the same one, decided", () => {
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const rule = resourceRule<{ list?: string[] }>({
    ...{ name: "x", description: "", severity: "low", remediation: "", types: ["a:b:C"] },
    *requirements({ props }) {
      for (const index of [0, 1, 2])
        yield { path: `list[${index}]`, must: "must be good", holds: () => props.list?.[index] === "good" };
    },
  });
  const findings = judge(rule, subjectsOf([{ type: "a:b:C", props: { list: [unknown, "bad", "good"] } }]));
  expect(findings.map(({ verdict, message }) => [verdict, message])).toEqual([
    ["unchecked", 'C: "list[0]" is not known yet'],
    ["violation", 'C: "list[1]" must be good'],
  ]);
});

test("the engine hears all violations, and then of what could not be checked", () => {
  const rule = rules.find(({ name }) => name === "docker-container-disallow-visible-credentials");
  if (!rule) throw new Error("there is no such rule");
  const policy = policyOf(rule);
  if (!("validateResource" in policy) || typeof policy.validateResource !== "function")
    throw new Error("no policy");
  const heard: unknown[] = [];
  const props = unknownCheckingProxy({ envs: ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", "TOKEN=x"] });
  const [subject] = subjectsOf([{ type: "docker:index/container:Container" }]);
  const args = {
    ...subject,
    props,
    opts: { protect: false, additionalSecretOutputs: [] },
    getConfig: () => ({}),
  };
  const validate = () =>
    (policy.validateResource as (a: unknown, r: (m: string) => void) => void)(args, (m) => heard.push(m));
  expect(validate).toThrow("can't be known during preview");
  expect(heard).toEqual(['Container: "envs[1]" must be a file (NAME_FILE=path)']);
});

const configuration = z.partialRecord(
  z.enum(rules.map(({ name }) => name)),
  z.union([
    z.enum(["advisory", "mandatory", "disabled"]),
    z.looseObject({
      enforcementLevel: z.enum(["advisory", "mandatory", "disabled"]).optional(),
      exempt: z
        .array(
          z.strictObject({
            resource: z.string(),
            finding: z.string(),
            reason: z.string().min(3),
            ticket: z.string().min(3),
            expires: z.iso.date(),
          }),
        )
        .optional(),
    }),
  ]),
);

/** A resource of a mock run as the policy SDK would hand it on. */
function subjectOf(resource: Registration): Subject {
  return { ...resource, props: unknownCheckingProxy(onTheWire(resource.inputs) as object) };
}

/** Mandatory rules of the stack that these break. */
function complaints(stack: Stack, subjects: readonly Subject[]): string[] {
  return judgeProgram(subjects, policyConfiguration(stack), TODAY)
    .filter(({ level, verdict }) => level === "mandatory" && verdict === "violation")
    .map(({ rule, message }) => `${rule.name}: ${message}`);
}

describe.each(stacks)("%s", (stack) => {
  test.each([false, true])("keeps every mandatory rule (preview: %s)", async (preview) => {
    const subjects = (await runProgram(stack, { preview })).resources.map(subjectOf);
    expect(complaints(stack, subjects)).toEqual([]);
  });

  test("has levels and exemptions of rules that there are", () => {
    expect(configuration.safeParse(policyConfiguration(stack)).error).toBeUndefined();
  });
});

test.each(stacks)(
  "every exemption of %s excuses something, and nothing else of that resource",
  async (stack) => {
    const subjects = (await runProgram(stack)).resources.map(subjectOf);
    const withoutExemptions = Object.fromEntries(
      Object.entries(policyConfiguration(stack)).map(([rule, own]) => [
        rule,
        typeof own === "object" ? { ...own, exempt: [] } : own,
      ]),
    );
    const found = judgeProgram(subjects, withoutExemptions, TODAY)
      .filter(({ verdict, level }) => verdict === "violation" && level === "mandatory")
      .map(({ rule, urn, finding }) => `${rule.name} ${urn.replace(/^.*[$]/, "")} ${finding}`);
    const exempt = Object.entries(policyConfiguration(stack)).flatMap(([rule, own]) =>
      typeof own === "object"
        ? (own.exempt ?? []).map(({ resource, finding }) => `${rule} ${resource} ${finding}`)
        : [],
    );
    expect(exempt.toSorted()).toEqual(found.toSorted());
  },
);

let run: ReturnType<typeof runProgram> | undefined;
/** What production registers: the same for each of these tests. */
const production = () => {
  run ??= runProgram("production");
  return run;
};

/** What a container of the program becomes where one guard is turned off, and the rule that must see it. */
const unguarded: readonly (readonly [what: string, rule: string, change: object])[] = [
  ["it is privileged", "docker-container-disallow-host-access", { privileged: true }],
  [
    "it has every capability",
    "docker-container-disallow-host-access",
    { capabilities: { drops: ["ALL"], adds: ["ALL"] } },
  ],
  [
    "it has one more capability",
    "docker-container-disallow-host-access",
    { capabilities: { drops: ["ALL"], adds: ["SYS_ADMIN"] } },
  ],
  [
    "it has the Docker socket",
    "docker-container-disallow-host-access",
    {
      volumes: [
        { hostPath: "/var/run/docker.sock", containerPath: "/var/run/docker.sock", volumeName: "data" },
      ],
    },
  ],
  [
    "it mounts the host's root",
    "docker-container-disallow-host-access",
    { mounts: [{ type: "bind", source: "/", target: "/host" }] },
  ],
  ["it is on the host's network", "docker-container-disallow-host-access", { networkMode: "host" }],
  ["it sees the host's processes", "docker-container-disallow-host-access", { pidMode: "host" }],
  ["it shares the host's memory", "docker-container-disallow-host-access", { ipcMode: "host" }],
  [
    "seccomp is off",
    "docker-container-disallow-host-access",
    { securityOpts: ["no-new-privileges:true", "seccomp=unconfined"] },
  ],
  [
    "AppArmor is off",
    "docker-container-disallow-host-access",
    { securityOpts: ["no-new-privileges:true", "apparmor:unconfined"] },
  ],
  ["it has a device", "docker-container-disallow-host-access", { devices: [{ hostPath: "/dev/sda" }] }],
  [
    "it listens everywhere",
    "docker-container-disallow-host-access",
    { ports: [{ internal: 80, external: 80, ip: "::0" }] },
  ],
  ["it is root", "docker-container-disallow-root-user", { user: "0:0" }],
  [
    "a password is in its command",
    "docker-container-disallow-visible-credentials",
    { command: ["--web.password=hunter2hunter2"] },
  ],
  [
    "a password is in its environment",
    "docker-container-disallow-visible-credentials",
    { envs: ["X=postgres://agentpay:hunter2@db/agentpay"] },
  ],
  ["it may gain privileges", "docker-container-configure-hardening", { securityOpts: [] }],
  ["it keeps its capabilities", "docker-container-configure-hardening", { capabilities: {} }],
  ["its memory has no bound", "docker-container-configure-hardening", { memory: undefined }],
  ["its processors have no bound", "docker-container-configure-hardening", { cpus: undefined }],
  ["its root can be written to", "docker-container-configure-hardening", { readOnly: false }],
  ["its swap has no bound", "docker-container-configure-hardening", { memorySwap: -1 }],
  ["its log has no bound", "docker-container-configure-hardening", { logOpts: { "max-size": "-1" } }],
  [
    "its health check is switched off",
    "docker-container-configure-hardening",
    { healthcheck: { tests: ["NONE"] } },
  ],
  [
    "its system calls are a list of somebody's own",
    "docker-container-disallow-host-access",
    { securityOpts: ["no-new-privileges:true", 'seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'] },
  ],
  ["it has root's group", "docker-container-disallow-root-user", { user: "65534:0" }],
  ["nobody watches it", "docker-container-configure-hardening", { healthcheck: undefined }],
  ["nothing brings it back", "docker-container-configure-hardening", { restart: "no" }],
  [
    "its data goes with it",
    "docker-container-configure-persistence",
    { volumes: [{ containerPath: "/data" }] },
  ],
  ["its image floats", "docker-container-disallow-floating-image", { image: "prom/prometheus:latest" }],
];

test.each(unguarded)("where %s, no container of production is let pass", async (_what, rule, change) => {
  const { resources } = await production();
  const servers = resources.filter(
    ({ type, inputs }) => type === types.CONTAINER && inputs["start"] !== false,
  );
  expect(servers.length).toBeGreaterThan(3);
  for (const server of servers) {
    const subject = subjectOf({ ...server, inputs: { ...server.inputs, ...change } });
    const found = judgeProgram([subject], {}, TODAY).map((each) => each.rule.name);
    expect(found, server.name).toContain(rule);
  }
});

/** What an AWS policy of the program becomes where somebody widens it. */
const statement = (more: object) =>
  JSON.stringify({
    Statement: [{ Effect: "Allow", Action: "sns:Publish", Resource: "arn:aws:sns:x", ...more }],
  });
const widened: readonly (readonly [what: string, rule: string, type: string, change: object])[] = [
  [
    "allows everything",
    "aws-iam-policy-disallow-wildcard",
    types.ROLE_POLICY,
    { policy: statement({ Action: "*", Resource: "*" }) },
  ],
  [
    "allows all of IAM",
    "aws-iam-policy-disallow-wildcard",
    types.ROLE_POLICY,
    { policy: statement({ Action: ["iam:*"] }) },
  ],
  [
    "allows all but something",
    "aws-iam-policy-disallow-wildcard",
    types.ROLE_POLICY,
    { policy: statement({ Action: undefined, NotAction: ["iam:*"] }) },
  ],
  [
    "is about all but something",
    "aws-iam-policy-disallow-wildcard",
    types.ROLE_POLICY,
    { policy: statement({ Resource: undefined, NotResource: ["arn:aws:s3:::x"] }) },
  ],
  [
    "passes any role",
    "aws-iam-policy-disallow-wildcard",
    types.ROLE_POLICY,
    { policy: statement({ Action: "iam:PassRole", Resource: "*" }) },
  ],
  [
    "passes any role of the account",
    "aws-iam-policy-disallow-wildcard",
    types.ROLE_POLICY,
    { policy: statement({ Action: "IAM:passrole", Resource: "arn:aws:iam::111122223333:role/*" }) },
  ],
  [
    "has an inline policy for everything",
    "aws-iam-policy-disallow-wildcard",
    types.ROLE,
    { inlinePolicies: [{ policy: statement({ Action: "*" }) }] },
  ],
  [
    "has AdministratorAccess",
    "aws-iam-identity-disallow-broad-managed-policy",
    types.ROLE,
    { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
  ],
  [
    "is taken by anybody",
    "aws-iam-role-disallow-open-trust",
    types.ROLE,
    { assumeRolePolicy: statement({ Principal: "*", Action: "sts:AssumeRole" }) },
  ],
  [
    "is taken by any account",
    "aws-iam-role-disallow-open-trust",
    types.ROLE,
    { assumeRolePolicy: statement({ Principal: { AWS: ["arn:aws:iam::*:root"] } }) },
  ],
  [
    "is taken by every branch",
    "aws-iam-role-disallow-open-trust",
    types.ROLE,
    {
      assumeRolePolicy: statement({
        Principal: { Federated: "arn" },
        Condition: { StringEquals: { "x:aud": "sts.amazonaws.com" }, StringLike: { "x:sub": "repo:a/b:*" } },
      }),
    },
  ],
  [
    "lets anybody publish",
    "aws-sns-topic-disallow-public-policy",
    types.TOPIC_POLICY,
    { policy: statement({ Principal: { AWS: "*" } }) },
  ],
];

test.each(widened)("a policy or role of production that %s is refused", async (_what, rule, type, change) => {
  const { resources } = await production();
  const own = resources.filter((each) => each.type === type);
  expect(own.length).toBeGreaterThan(0);
  for (const each of own) {
    const found = complaints("production", [subjectOf({ ...each, inputs: { ...each.inputs, ...change } })]);
    expect(
      found.some((line) => line.startsWith(`${rule}: `)),
      each.name,
    ).toBe(true);
  }
});

test("a level of the stack's own is the rule's", () => {
  const [name = "", { fail = [] } = {}] = Object.entries(cases)[0] ?? [];
  const [, ...sketches] = fail[0] ?? [""];
  const levels = (own: PolicyConfiguration) =>
    judgeProgram(subjectsOf(sketches), own, TODAY)
      .filter(({ rule }) => rule.name === name)
      .map(({ level }) => level);
  expect(levels({})).toContain("mandatory");
  expect(levels({ [name]: "advisory" })).toContain("advisory");
  expect(levels({ [name]: { enforcementLevel: "disabled" } })).toEqual([]);
});

test.each<Overrides>([
  { "metrics.replicas": 2 },
  { "metrics.engine": "amp" },
  {
    "metrics.engine": "remote",
    "metrics.remoteWriteUrl": "https://mimir.example.com/api/v1/push",
    "metrics.remoteQueryUrl": "https://mimir.example.com/prometheus",
  },
])("production with %j keeps them too", async (overrides) => {
  const subjects = (await runProgram("production", { overrides })).resources.map(subjectOf);
  expect(complaints("production", subjects)).toEqual([]);
});

test("a folder of the host is read where the stack's policies name it, and never written", async () => {
  const overrides = { "metrics.targetsFolder": "/srv/agentpay/targets" };
  const subjects = (await runProgram("production", { overrides })).resources.map(subjectOf);
  const told = (hostFolders: readonly string[], of = subjects) =>
    judgeProgram(of, { ...policyConfiguration("production"), [rule]: { hostFolders } }, TODAY).map(
      ({ message }) => message,
    );
  const rule = "docker-container-disallow-host-access";
  expect(told(["/srv/agentpay"])).toEqual([
    'metrics-prometheus: "volumes[2]" must not be of the host or another container',
  ]);
  expect(told(["/srv/agentpay/targets"])).toEqual([]);
  const writing = subjectsOf([
    {
      type: types.CONTAINER,
      props: { volumes: [{ hostPath: "/srv/agentpay/targets", containerPath: "/t" }] },
    },
  ]);
  expect(told(["/srv/agentpay/targets"], writing)).toContain(
    'Container: "volumes[0]" must not be of the host or another container',
  );
});

test("a rule sees the program: each is about something that production has, but for what it forbids", async () => {
  const types = new Set((await runProgram("production")).resources.map(({ type }) => type));
  const idle = rules.filter(
    (rule) => rule.kind === "resource" && !rule.types.some((type) => types.has(type)),
  );
  expect(idle.map(({ name }) => name)).toEqual([
    "aws-resource-disallow-public-access",
    "aws-lambda-function-disallow-public-access",
    "aws-s3-bucket-disallow-public-access",
    "aws-ec2-securitygroup-disallow-open-ingress",
    "aws-iam-user-disallow-long-lived-credential",
    "grafana-alerting-disallow-second-alerter",
    "docker-resource-disallow-other-container",
  ]);
});

test("each stack has its levels in a file of its own", () => {
  const files = readdirSync(join(REPOSITORY, "policies/config"));
  expect(files.toSorted()).toEqual(stacks.map((stack) => `${stack}.json`).toSorted());
});

test("docs/policies.md lists every rule as it is", () => {
  const text = readFileSync(join(REPOSITORY, "docs/policies.md"), "utf8");
  const rows = text.split("\n").filter((line) => line.startsWith("| <a id="));
  const row = ({ name, severity, level = "mandatory", description }: Rule) =>
    `| <a id="${name}"></a>\`${name}\` | ${severity} | ${level} | ${description} |`;
  expect(rows).toEqual(rules.map(row));
});

/** Where each SDK says what its class's token is. */
const classes: Readonly<Record<string, string>> = {
  aws: "@pulumi/aws",
  docker: "@pulumi/docker",
  grafana: "@pulumiverse/grafana",
  pagerduty: "@pulumi/pagerduty",
};

test.each(Object.entries(types).filter(([, token]) => !/^pulumi(-nodejs)?:/.test(token)))(
  "%s is the token of a resource",
  (_, token) => {
    const [name = "", module = ""] = token.split(":");
    const file = module.replace(/^index\//, "");
    const source = readFileSync(join(REPOSITORY, "node_modules", classes[name] ?? "", `${file}.js`), "utf8");
    expect(source).toContain(`__pulumiType = '${token}'`);
  },
);
