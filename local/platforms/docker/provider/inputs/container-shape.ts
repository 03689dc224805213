/**
 * Inputs of `docker.Container`: the official schema, and what the official provider or the Docker API refuses.
 * Rules that concern several inputs are in container-rules.ts.
 */
import { z } from "zod";
import { absolutePath, labels, objectName, options, unsupported } from "./common.ts";
import { duration } from "./duration.ts";

const CAPABILITIES = new Set(
  (
    "ALL AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE " +
    "DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD " +
    "NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYS_ADMIN SYS_BOOT " +
    "SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG SYSLOG " +
    "WAKE_ALARM"
  ).split(" "),
);

const ipAddress = z.union([z.ipv4(), z.ipv6()], { error: "must be an IP address" });
const whole = z.int({ error: "must be a whole number" });
const atLeast = (minimum: number) => whole.min(minimum, `must be ${minimum} or more`);
const portNumber = (lowest: number) =>
  whole.min(lowest, `must be from ${lowest} to 65535`).max(65_535, `must be from ${lowest} to 65535`);
const oneOf = <const T extends readonly string[]>(...values: T) =>
  z.enum(values, { error: `must be one of ${values.join(", ")}` });

const capabilityNames = z.array(
  z
    .string()
    .refine((name) => CAPABILITIES.has(name.toUpperCase().replace(/^CAP_/, "")), {
      error: "is not a Linux capability that Docker knows",
      abort: true,
    })
    .refine((name) => name === name.toUpperCase(), "must be in capital letters, as it is read back"),
);

const healthcheck = z.strictObject({
  tests: z
    .array(z.string())
    .refine(([kind, ...rest]) => (kind === "NONE" ? rest.length === 0 : isTest(kind) && rest.length > 0), {
      error: 'must be ["CMD", program, ...], ["CMD-SHELL", command] or ["NONE"]',
    })
    .optional(),
  interval: duration.optional(),
  timeout: duration.optional(),
  startPeriod: duration.optional(),
  startInterval: duration.optional(),
  retries: atLeast(0).optional(),
});

function isTest(kind: string | undefined): boolean {
  return kind === "CMD" || kind === "CMD-SHELL";
}

const volume = z.strictObject({
  containerPath: absolutePath,
  volumeName: objectName.optional(),
  hostPath: absolutePath.optional(),
  readOnly: z.boolean().optional(),
  selinuxRelabel: oneOf("z", "Z").optional(),
  fromContainer: unsupported,
});

const mount = z.strictObject({
  target: absolutePath,
  type: oneOf("bind", "volume", "tmpfs"),
  source: z.string().min(1).optional(),
  readOnly: z.boolean().optional(),
  bindOptions: z
    .strictObject({
      propagation: oneOf("private", "rprivate", "shared", "rshared", "slave", "rslave").optional(),
    })
    .optional(),
  tmpfsOptions: z.strictObject({ mode: whole.optional(), sizeBytes: atLeast(0).optional() }).optional(),
  volumeOptions: z
    .strictObject({
      noCopy: z.boolean().optional(),
      labels: labels.optional(),
      driverName: unsupported,
      driverOptions: unsupported,
      subpath: unsupported,
    })
    .optional(),
});

const numericId = z
  .string()
  .regex(
    /^\d+$/,
    "must be a numeric id: names are those of the machine that runs Pulumi, not the container's",
  );

const upload = z.strictObject({
  file: absolutePath,
  content: z.string().optional(),
  contentBase64: z.base64({ error: "must be Base64" }).optional(),
  source: z.string().optional(),
  sourceHash: z.string().optional(),
  executable: z.boolean().optional(),
  permissions: z
    .string()
    .regex(/^0[0-7]{3}$/, 'must be four octal digits, such as "0444"')
    .optional(),
  owner: numericId.optional(),
  group: numericId.optional(),
});

export const shape = z.strictObject({
  capabilities: z
    .strictObject({ adds: capabilityNames.optional(), drops: capabilityNames.optional() })
    .refine(
      ({ adds = [], drops = [] }) => adds.length + drops.length > 0,
      "must name one: none is read back as nothing at all",
    )
    .optional(),
  command: z.array(z.string().min(1, "must not be empty")).optional(),
  containerReadRefreshTimeoutMilliseconds: atLeast(1).optional(),
  cpuPeriod: atLeast(0).optional(),
  cpuQuota: atLeast(0).optional(),
  cpuSet: z
    .string()
    .regex(/^\d+([,-]\d+)*$/, "must be CPU numbers such as 0-1 or 0,2")
    .optional(),
  cpuShares: atLeast(0).optional(),
  cpus: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'must be a number of CPUs such as "1.5"')
    .optional(),
  destroyGraceSeconds: atLeast(0).optional(),
  dns: z.array(ipAddress).optional(),
  dnsOpts: z.array(z.string()).optional(),
  dnsSearches: z.array(z.string()).optional(),
  domainname: z.string().optional(),
  entrypoints: z.array(z.string()).optional(),
  envs: z.array(z.string().regex(/^[^=\s]+=/, "must have the form NAME=value")).optional(),
  groupAdds: z.array(z.string()).optional(),
  healthcheck: healthcheck.optional(),
  hostname: z.string().optional(),
  hosts: z
    .array(
      z.strictObject({
        host: z.string().min(1),
        ip: z.union([z.ipv4(), z.ipv6(), z.literal("host-gateway")], {
          error: "must be an IP address or host-gateway",
        }),
      }),
    )
    .optional(),
  image: z.string().min(1, "must name an image"),
  init: z.boolean().optional(),
  ipcMode: z
    .string()
    .regex(
      /^(none|private|shareable|host|container:.+)$/,
      "must be none, private, shareable, host or container:<name>",
    )
    .optional(),
  labels: labels.optional(),
  logDriver: oneOf(
    "none",
    "json-file",
    "local",
    "journald",
    "syslog",
    "fluentd",
    "gelf",
    "awslogs",
    "splunk",
  ).optional(),
  logOpts: options.optional(),
  maxRetryCount: atLeast(0).optional(),
  memory: whole.refine((megabytes) => megabytes === 0 || megabytes >= 6, "must be 6 (MB) or more").optional(),
  memoryReservation: atLeast(0).optional(),
  memorySwap: atLeast(-1).optional(),
  mounts: z.array(mount).optional(),
  mustRun: z.boolean().optional(),
  name: objectName.optional(),
  networkMode: z.string().min(1).optional(),
  networksAdvanced: z
    .array(
      z.strictObject({
        name: z.string().min(1, "must name a network"),
        aliases: z.array(z.string().min(1)).optional(),
        ipv4Address: z.ipv4("must be an IPv4 address").optional(),
        ipv6Address: z.ipv6("must be an IPv6 address").optional(),
        driverOpts: unsupported,
        gwPriority: unsupported,
        linkLocalIps: unsupported,
        macAddress: unsupported,
      }),
    )
    .optional(),
  pidMode: z
    .string()
    .regex(/^(host|container:.+)$/, "must be host or container:<name>")
    .optional(),
  platform: z.string().min(1).optional(),
  ports: z
    .array(
      z.strictObject({
        internal: portNumber(1),
        external: portNumber(0).optional(),
        ip: ipAddress.optional(),
        protocol: oneOf("tcp", "udp", "sctp").optional(),
      }),
    )
    .optional(),
  privileged: z.boolean().optional(),
  readOnly: z.boolean().optional(),
  removeVolumes: z.boolean().optional(),
  restart: oneOf("no", "on-failure", "always", "unless-stopped").optional(),
  securityOpts: z
    .array(
      z
        .string()
        .regex(
          /^(no-new-privileges([:=](true|false))?|(apparmor|seccomp|label|systempaths)[:=].+)$/,
          "is not a security option that Docker knows",
        ),
    )
    .optional(),
  shmSize: atLeast(0).optional(),
  start: z.boolean().optional(),
  stdinOpen: z.boolean().optional(),
  stopSignal: z
    .string()
    .regex(/^(SIG)?[A-Z][A-Z0-9+-]*$|^\d+$/, "must be a signal such as SIGTERM")
    .optional(),
  stopTimeout: atLeast(0).optional(),
  sysctls: options.optional(),
  tmpfs: z.record(absolutePath, z.string()).optional(),
  tty: z.boolean().optional(),
  ulimits: z.array(z.strictObject({ name: z.string().min(1), soft: whole, hard: whole })).optional(),
  uploads: z.array(upload).optional(),
  user: z.string().min(1).optional(),
  usernsMode: z.string().optional(),
  volumes: z.array(volume).optional(),
  wait: z.boolean().optional(),
  waitTimeout: atLeast(1).optional(),
  workingDir: absolutePath.optional(),
  attach: unsupported,
  cgroupParent: unsupported,
  cgroupnsMode: unsupported,
  deviceCgroupRules: unsupported,
  deviceReadBps: unsupported,
  deviceReadIops: unsupported,
  deviceRequests: unsupported,
  deviceWriteBps: unsupported,
  deviceWriteIops: unsupported,
  devices: unsupported,
  gpus: unsupported,
  logs: unsupported,
  publishAllPorts: unsupported,
  rm: unsupported,
  runtime: unsupported,
  storageOpts: unsupported,
});

export type ContainerInputs = z.infer<typeof shape>;
