/**
 * Addresses: http(s) addresses, hosts with a port, IP addresses, Docker engines. What is accepted here is read the same
 * way by JavaScript, by Go (Prometheus, Alertmanager, Gatus, the blackbox exporter) and by a browser.
 */
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
import { z } from "zod";
import { checkedText, integer, text } from "./values.ts";

/** RFC 1035, section 2.3.4; an underscore is in names that Docker gives, and Go takes it. */
const LABEL = /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;
const LONGEST_HOST = 253;
/** What RFC 3986 allows in a path (`pchar`), with every escape whole: Go refuses a broken one, JavaScript doesn't. */
const PATH = /^(\/([A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*)*$/;
/** What all platforms take; 2048 is the most that vendors and Amazon's alarms have room for in a link. */
const LONGEST_ADDRESS = 1024;

const IN_BRACKETS = "an IPv6 address stands in brackets, as in [2001:db8::1]";

/** What is wrong with the name, IPv4 address or IPv6 address in brackets; undefined where nothing is. */
export function hostProblem(host: string): string | undefined {
  if (host.startsWith("[")) {
    const inside = /^\[([0-9A-Fa-f:.]+)\]$/.exec(host)?.[1] ?? "";
    if (!isIPv6(inside)) return "what is in brackets is no IPv6 address";
    return isHostless(inside) ? "its address is of no single host" : undefined;
  }
  if (isIPv6(host)) return IN_BRACKETS;
  const labels = host.split(".");
  if (host.length > LONGEST_HOST || !labels.every((label) => LABEL.test(label))) return "its host is no name";
  if (/^\d+$/.test(labels.at(-1) ?? "") && !isIPv4(host)) return "its host is no IPv4 address";
  return isHostless(host) ? "its address is of no single host" : undefined;
}

/** Groups of hosts, the whole network, and what is kept for later (RFC 6890). */
const GROUPS = new BlockList();
GROUPS.addSubnet("224.0.0.0", 3, "ipv4");
GROUPS.addSubnet("ff00::", 8, "ipv6");

/** Whether nothing that has this address can be asked: every address, or many hosts. */
function isHostless(host: string): boolean {
  return host === "0.0.0.0" || host === "::" || isIn(GROUPS, host);
}

function isIn(list: BlockList, address: string): boolean {
  return isIPv4(address) ? list.check(address, "ipv4") : isIPv6(address) && list.check(address, "ipv6");
}

/** What is wrong with a port; undefined where nothing is, or where there is none. */
export function portProblem(port: string | undefined): string | undefined {
  if (port === undefined) return undefined;
  const valid = /^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535;
  return valid ? undefined : "its port is not from 1 to 65535";
}

/** What is wrong with an http(s) address; undefined where nothing is. Never repeats any of it. */
function addressProblem(address: string): string | undefined {
  if (address.length > LONGEST_ADDRESS) return `it is longer than ${LONGEST_ADDRESS} characters`;
  if (/\{\{|\}\}|\$\{/.test(address)) return "it has marks of a template";
  if (/[?#]/.test(address)) return "it has a query or a fragment";
  const [, authority = "", path = ""] = /^https?:\/\/([^/]*)(\/.*)?$/s.exec(address) ?? [];
  if (authority === "") return "";
  if (authority.includes("@")) return "it has a login in it, which would be seen wherever the address is";
  if (isIPv6(authority)) return IN_BRACKETS;
  const [, host = "", port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority) ?? [];
  const problem = hostProblem(host) ?? portProblem(port);
  if (problem !== undefined) return problem;
  if (!PATH.test(path)) return "its path has signs that must be escaped, or a broken escape";
  if (/\/\.{1,2}(\/|$)|\/\//.test(path)) return "its path has empty or dotted parts";
  return URL.canParse(address) ? undefined : "its host is no name";
}

const HTTP = "an http(s) address";

/** With a path, or without one; nothing at its end, so that paths can follow. */
export const httpUrl = checkedText(`${HTTP} such as https://api.example.com`, (value) => {
  const problem = addressProblem(value);
  return problem ?? (value.endsWith("/") ? "it ends with a slash" : undefined);
});

export const origin = checkedText(`${HTTP} without a path, such as https://api.example.com`, (value) => {
  const problem = addressProblem(value);
  return problem ?? (/^https?:\/\/[^/]+$/.test(value) ? undefined : "it has a path");
});

/** Sentry's, which its provider completes. */
export const sentryApiUrl = checkedText("an address that ends in /api/", (value) => {
  if (!value.endsWith("/api/")) return "";
  return addressProblem(value.slice(0, -1));
});

/** Where a WebSocket is opened. A query could hold a secret, and no checker sends it. */
export const path = checkedText("a path such as /api/v1/agent/conversations/test/ws", (value) => {
  if (!value.startsWith("/") || value.length < 2) return "";
  return addressProblem(`http://localhost${value}`);
});

/** What is wrong with host:port; undefined where nothing is, "" where it is nothing of the kind. */
export function hostAndPortProblem(value: string): string | undefined {
  const [, host = "", port] = /^(.*):([^:\]]*)$/s.exec(value) ?? [];
  return host === "" || port === undefined ? "" : (hostProblem(host) ?? portProblem(port));
}

export const hostAndPort = checkedText("host:port", hostAndPortProblem);

/** One that a server can listen on: its host's own, or all of them. */
export const ipAddress = z
  .string("an IP address")
  .refine(
    (value) => isIP(value) !== 0 && !/%|^::ffff:/i.test(value) && !isIn(GROUPS, value),
    "an IP address",
  );

const ENGINE = "unix://, tcp:// or ssh:// and an address";
/**
 * `tcp://` is neither encrypted nor asks who is there: whoever reaches it is root on the host. It is for this machine.
 * @see https://docs.docker.com/engine/security/protect-access/
 */
export const dockerHost = checkedText(ENGINE, (value) => {
  if (/\s|\{\{|\$\{/.test(value)) return "it has spaces or marks of a template";
  const [, scheme = "", rest = ""] = /^(unix|npipe|tcp|ssh):\/\/(.+)$/s.exec(value) ?? [];
  if (scheme === "") return "";
  if (scheme === "unix")
    return /^(\/(?!\.{1,2}(\/|$))[\w.@+-]+)+$/.test(rest) ? undefined : "its socket is no absolute path";
  if (scheme === "npipe") return /^[\w./\\-]+$/.test(rest) ? undefined : "";
  return scheme === "ssh" ? sshProblem(rest) : tcpProblem(rest);
});

function sshProblem(rest: string): string | undefined {
  const [, user, at] = /^(?:([^@]*)@)?([^@]*)$/s.exec(rest) ?? [];
  if (at === undefined || user?.includes(":")) return "it has a password in it";
  if (user !== undefined && !/^[A-Za-z_][\w.-]*$/.test(user)) return "its user is no name";
  const [, host = "", port] = /^(\[[^\]]*\]|[^:/]*)(?::([^/]*))?\/?$/s.exec(at) ?? [];
  return hostProblem(host) ?? portProblem(port);
}

function tcpProblem(rest: string): string | undefined {
  const [, host = "", port] = /^(\[[^\]]*\]|[^:/@]*):([^/@]*)\/?$/s.exec(rest) ?? [];
  if (host === "") return "";
  const problem = hostProblem(host) ?? portProblem(port);
  if (problem !== undefined) return problem;
  return isThisMachine(`tcp://${rest}`)
    ? undefined
    : "tcp:// is not encrypted: ssh:// reaches another machine";
}

/** Whether an address is of the machine that asks, or of the one that its container runs on. */
export function isThisMachine(address: string): boolean {
  const [, host = ""] = /^\w+:\/\/(\[[^\]]*\]|[^:/]*)/.exec(address) ?? [];
  return (
    ["localhost", "[::1]", "host.docker.internal"].includes(host.toLowerCase()) ||
    (isIPv4(host) && host.startsWith("127."))
  );
}

/** Networks that the internet does not reach (RFC 6890), examples among them, by first address and length of mask. */
const INSIDE = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
] as const) {
  INSIDE.addSubnet(network, bits, "ipv4");
}
for (const [network, bits] of [
  ["::", 127],
  ["2001:db8::", 32],
  ["fc00::", 7],
  ["fe80::", 10],
] as const) {
  INSIDE.addSubnet(network, bits, "ipv6");
}

/** Whether the internet may know the address: not of a private network, and no name without a domain. */
export function isPublic(address: string): boolean {
  const [, host = ""] = /^\w+:\/\/(\[[^\]]*\]|[^:/]*)/.exec(address) ?? [];
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  if (isIP(bare) !== 0) return !isIn(INSIDE, bare);
  return bare.includes(".") && !/\.(internal|local|localhost|lan|home\.arpa|invalid|test|onion)$/i.test(bare);
}

/** A host as a URL has it: an IPv6 address in brackets. */
function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** What listens on every address of its host is reached by loopback from there. */
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** Address at which a port that was published on a host's address is reached. */
export function publishedUrl(bindAddress: string, port: number): string {
  return `http://${bracketed(LOOPBACK[bindAddress] ?? bindAddress)}:${port}`;
}

/** The parts of host:port, the host as a socket wants it: an IPv6 address without brackets. */
export function splitHostAndPort(address: string): { readonly host: string; readonly port: number } {
  const [, host = address, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}

export const port = integer(1, 65_535);

const FOLDER =
  "an absolute path without a trailing slash, of letters, digits, dots, dashes and underscores, and none of the system's own";
/** What holds the host's devices, sockets, keys or programs: nothing below is for a server to read. */
const SYSTEM =
  "proc|sys|dev|run|boot|root|bin|sbin|lib|lib64|usr|var/run|var/lib/(docker|containerd|kubelet)|etc/(docker|ssh|ssl|pki|pam\\.d|sudoers(\\.d)?|cron[^/]*|g?shadow|passwd)|var/spool/cron|(.*/)?\\.(ssh|aws|docker|kube|gnupg)";
/** A folder of the hosts, for configuration files and shell commands alike. */
export const folder = text(
  new RegExp(
    `^(?!.*/\\.{1,2}(/|$))(?!/(${SYSTEM})(/|$))(?!/(etc|home|tmp|var|var/lib)$)(/[A-Za-z0-9._-]{1,255}){1,20}$`,
  ),
  FOLDER,
);
