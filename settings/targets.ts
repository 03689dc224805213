/**
 * What Prometheus scrapes: an address, or where addresses are found. The marks of DNS are Thanos's and Mimir's.
 * @see https://thanos.io/tip/thanos/service-discovery.md
 */
import { hostAndPortProblem, hostProblem, portProblem } from "./addresses.ts";
import { checkedText } from "./values.ts";

export type Target =
  | { readonly kind: "static"; readonly address: string }
  /** Every address (A) that a name has, each with the port. */
  | { readonly kind: "dns"; readonly name: string; readonly port: string }
  /** Every server that an SRV record names, with its port. */
  | { readonly kind: "dnssrv"; readonly name: string }
  /** Every running instance with a tag, at its private address. */
  | { readonly kind: "ec2"; readonly tag: string; readonly value: string; readonly port: string }
  /** A file of targets in `metrics.targetsFolder`. */
  | { readonly kind: "file"; readonly file: string };

/** Tags without signs that mean something in Prometheus's or IAM's filters (`*`, `?`). */
const EC2 = /^([\w.\-/@ ]{1,128})=([\w.\-/@ ]{1,256}):([^:]*)$/;
const FILE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(json|yml|yaml)$/;

/** A target as its text says it: one that `target` took. */
export function readTarget(text: string): Target {
  const [, kind, rest = text] = /^(dns|dnssrv|ec2|file)\+(.*)$/s.exec(text) ?? [];
  switch (kind) {
    case "dns": {
      const end = rest.lastIndexOf(":");
      return { kind, name: rest.slice(0, end), port: rest.slice(end + 1) };
    }
    case "dnssrv":
      return { kind, name: rest };
    case "ec2": {
      const [, tag = "", value = "", port = ""] = EC2.exec(rest) ?? [];
      return { kind, tag, value, port };
    }
    case "file":
      return { kind, file: rest };
    default:
      return { kind: "static", address: text };
  }
}

/** The same for two texts of one target: hosts and the forms of an IPv6 address in one spelling. */
export function sameTarget(text: string): string {
  return text.toLowerCase().replace(/^\[[0-9a-f:.]+\]/, (host) => new URL(`http://${host}`).hostname);
}

/** host:port, `dns+host:port`, `dnssrv+_http._tcp.name`, `ec2+Tag=value:port` or `file+name.json`. */
export const target = checkedText(
  "host:port, dns+host:port, dnssrv+name, ec2+Tag=value:port or file+name.json",
  (text) => {
    const read = readTarget(text);
    switch (read.kind) {
      case "static":
        return hostAndPortProblem(read.address);
      case "dns":
        return /^\[|^[\d.]+:/.test(text.slice("dns+".length))
          ? "an address needs no DNS: leave out dns+"
          : hostAndPortProblem(`${read.name}:${read.port}`);
      case "dnssrv":
        return hostProblem(read.name);
      case "ec2":
        return read.tag === "" ? "a tag of EC2 is Tag=value:port" : portProblem(read.port);
      case "file":
        return FILE.test(read.file)
          ? undefined
          : "a file's name ends in .json, .yml or .yaml, and has no folder";
    }
  },
);
