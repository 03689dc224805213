/**
 * The one list of what is checked from outside, and who can check it. All checkers are given their checks from here,
 * and status pages their names.
 */
import type { ServiceName, Team } from "./services.ts";
import type { Severity } from "./severity.ts";

/** Who can check. A stack chooses some, the first of which that can check an endpoint tells people about it. */
export const checkers = ["route53", "blackbox", "gatus", "uptimerobot", "betterstack"] as const;
export type Checker = (typeof checkers)[number];

/**
 * `http`: an answer of 200, with what the endpoint must bring. `websocket`: the upgrade handshake, answered with 101
 * and the right accept key. `port`: something accepts the connection. `certificate`: the certificate is valid for
 * some days more.
 */
export type CheckKind = "http" | "websocket" | "port" | "certificate";

const abilities: Readonly<Record<Checker, readonly CheckKind[]>> = {
  route53: ["http", "port"],
  blackbox: ["http", "websocket", "port", "certificate"],
  gatus: ["http", "websocket", "port", "certificate"],
  // Its reminders of certificates go to whoever hears of the address, at one severity for both.
  uptimerobot: ["http", "port"],
  betterstack: ["http", "port", "certificate"],
};

/**
 * Checkers that see what an `http` endpoint answers. The others take any answer up to 399 for well: a redirect to
 * somewhere else, a script that is empty.
 */
const readsAnswers: readonly Checker[] = ["blackbox", "gatus"];

/** Public addresses of a stack. */
export interface PublicAddresses {
  /** Of the API, without a path. */
  readonly apiUrl: string;
  /** Where the API takes WebSockets. */
  readonly websocketPath: string;
  /** Of the chat widget's script. */
  readonly widgetUrl: string;
  /** Of the status page; undefined where the stack has none. */
  readonly statusPageUrl: string | undefined;
}

/** How an endpoint is shown to customers. */
interface PublicEntry {
  readonly name: string;
  readonly group: "AgentPay" | "Security";
  /** The parts of AgentPay behind it: their alerts are muted while work on the endpoint is announced. */
  readonly parts: readonly ServiceName[];
}

interface EndpointDefinition {
  readonly kind: CheckKind;
  readonly severity: Extract<Severity, "critical" | "warning">;
  readonly owner: Team;
  /** Its entry on the status page. Absent: customers don't see it. */
  readonly public?: PublicEntry;
  /** The endpoint of whose path this one is a part, so that work on that one is work on this one. */
  readonly partOf?: string;
  /** Seconds between checks by vendors whose free plans allow no shorter ones. Default: 300, the guide's. */
  readonly vendorIntervalSeconds?: number;
  /** What people feel when it fails, for the alert. */
  readonly whenItFails: string;
  /** Undefined where the stack has no such endpoint. */
  readonly url: (addresses: PublicAddresses) => string | undefined;
  /** An `http` endpoint that must bring a script, and not an empty one. Default: any body. */
  readonly content?: "script";
}

function secure(url: string): string | undefined {
  return url.startsWith("https:") ? url : undefined;
}

export const endpoints = {
  api: {
    kind: "http",
    severity: "critical",
    owner: "platform",
    public: {
      name: "API",
      group: "AgentPay",
      parts: ["api", "worker", "llm", "rag", "conversations", "checkout", "postgres", "redis"],
    },
    whenItFails: "The chat is dead on every merchant's page, and merchants' calls fail.",
    url: ({ apiUrl }) => `${apiUrl}/healthz`,
  },
  websocket: {
    kind: "websocket",
    severity: "critical",
    owner: "platform",
    public: { name: "Chat connection", group: "AgentPay", parts: ["websocket", "conversations"] },
    whenItFails: "The widget is there, but no visitor gets a conversation.",
    url: ({ apiUrl, websocketPath }) => `${apiUrl.replace(/^http/, "ws")}${websocketPath}`,
  },
  "websocket-port": {
    kind: "port",
    partOf: "websocket",
    severity: "critical",
    owner: "platform",
    whenItFails: "Nothing reaches the API at all: no connection can even be opened.",
    url: ({ apiUrl }) => apiUrl,
  },
  widget: {
    kind: "http",
    severity: "warning",
    owner: "platform",
    public: { name: "Chat widget", group: "AgentPay", parts: [] },
    vendorIntervalSeconds: 1800,
    whenItFails: "Merchants' pages show no chat; conversations that are open go on.",
    url: ({ widgetUrl }) => widgetUrl,
    content: "script",
  },
  "api-certificate": {
    kind: "certificate",
    severity: "critical",
    owner: "platform",
    public: { name: "API certificate", group: "Security", parts: [] },
    whenItFails: "Browsers and merchants' servers refuse the connection.",
    url: ({ apiUrl }) => secure(apiUrl),
  },
  "widget-certificate": {
    kind: "certificate",
    severity: "critical",
    owner: "platform",
    public: { name: "Chat widget certificate", group: "Security", parts: [] },
    whenItFails: "Browsers refuse to load the widget.",
    url: ({ widgetUrl }) => secure(widgetUrl),
  },
  "status-page": {
    kind: "http",
    severity: "warning",
    owner: "platform",
    whenItFails: "Customers can't see how AgentPay is, and Gatus no longer checks anything.",
    url: ({ statusPageUrl }) => statusPageUrl,
  },
} as const satisfies Record<string, EndpointDefinition>;

export type EndpointKey = keyof typeof endpoints;

const entries = Object.entries<EndpointDefinition>(endpoints) as [EndpointKey, EndpointDefinition][];

/** What customers know by name, and work on it can be announced. */
export const publicServices: readonly EndpointKey[] = entries
  .filter(([, endpoint]) => endpoint.public?.group === "AgentPay")
  .map(([key]) => key);

/** What customers call an endpoint. */
export function publicName(key: EndpointKey): string {
  const { public: shown }: EndpointDefinition = endpoints[key];
  return shown?.name ?? key;
}

/** What work on a public service makes fail: endpoints, and the parts of AgentPay whose alerts ring then. */
export function affectedBy(service: EndpointKey): {
  readonly endpoints: readonly EndpointKey[];
  readonly services: readonly ServiceName[];
} {
  const own: EndpointDefinition = endpoints[service];
  return {
    endpoints: entries
      .filter(([key, { partOf }]) => key === service || partOf === service)
      .map(([key]) => key),
    services: own.public?.parts ?? [],
  };
}

/** An endpoint of one stack. */
export interface UptimeCheck extends Omit<EndpointDefinition, "url"> {
  /** Part of resource, alarm and label names. */
  readonly key: EndpointKey;
  readonly url: string;
}

/** Every endpoint that a stack has. */
export function uptimeChecks(addresses: PublicAddresses): readonly UptimeCheck[] {
  return entries.flatMap(([key, { url: urlOf, ...endpoint }]) => {
    const url = urlOf(addresses);
    return url === undefined ? [] : [{ ...endpoint, key, url }];
  });
}

/** Whether a checker can check such an endpoint. Gatus shows whatever it checks, so it only has what is public. */
export function canCheck(
  checker: Checker,
  { kind, public: shown }: Pick<UptimeCheck, "kind" | "public">,
): boolean {
  return abilities[checker].includes(kind) && !(checker === "gatus" && shown === undefined);
}

/**
 * The checker that tells people of an endpoint, so that a failing one pages once and not once per checker: the first
 * of the stack's that can check it. What the others see is only recorded. Undefined where none of them can.
 */
export function tellerOf(
  check: Pick<UptimeCheck, "kind" | "public">,
  chosen: readonly Checker[],
): Checker | undefined {
  return chosen.find((checker) => canCheck(checker, check));
}

/**
 * The blackbox exporter's alerts on an endpoint that are only recorded, since the checker that tells people of it sees
 * the same: `EndpointUnreachable api`, ...
 */
export function recordedAlerts(
  check: Pick<UptimeCheck, "key" | "kind">,
  teller: Checker | undefined,
): readonly string[] {
  if (teller === "blackbox") return [];
  const seen = ["EndpointUnreachable"];
  if (teller !== undefined && readsAnswers.includes(teller)) seen.push("EndpointWrongAnswer");
  return seen.map((alert) => `${alert} ${check.key}`);
}

/** Tag of an alarm that only records, naming the checker that tells people instead. */
export const TOLD_BY_TAG = "told-by";

/** Seconds between a vendor's checks of an endpoint, where the stack doesn't set its own. */
export function vendorInterval({ vendorIntervalSeconds = 300 }: UptimeCheck): number {
  return vendorIntervalSeconds;
}

/** The alert about an endpoint, which is its runbook's name as well. */
export function alertNameOf({ kind }: Pick<UptimeCheck, "kind">): string {
  return kind === "certificate" ? "CertificateAboutToExpire" : "EndpointUnreachable";
}

/** The same where the checker's alerts have no labels. */
export function alertTitle(check: Pick<UptimeCheck, "key" | "kind">): string {
  return `${alertNameOf(check)} ${check.key}`;
}

/** Days before its end at which a certificate warns, and at which it pages and the status page shows it. */
export const CERTIFICATE_DAYS = { warning: 14, critical: 3 } as const;

/** The `host:port` of an address, with the scheme's own port where it names none. */
export function hostAndPort(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return `${hostname}:${port || (isSecure(protocol) ? 443 : 80)}`;
}

/** @param protocol as `new URL` gives it, or a whole address */
export function isSecure(protocol: string): boolean {
  return /^(https|wss):/.test(protocol);
}

/** RFC 6455, section 1.3: the answer to this key is known. */
const HANDSHAKE_KEY = {
  asked: "dGhlIHNhbXBsZSBub25jZQ==",
  answered: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
} as const;

/** A WebSocket handshake for checkers that speak TCP: the lines to send, and what comes back where it is accepted. */
export function handshakeOf(url: string) {
  const { host, pathname, protocol } = new URL(url);
  return {
    request: [
      `GET ${pathname} HTTP/1.1`,
      `Host: ${host}`,
      `Origin: ${isSecure(protocol) ? "https" : "http"}://${host}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${HANDSHAKE_KEY.asked}`,
      "User-Agent: agentpay-monitoring",
      "",
    ],
    acceptKey: HANDSHAKE_KEY.answered,
  };
}
