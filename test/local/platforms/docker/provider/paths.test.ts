import { describe, expect, it } from "vitest";
import { PathMap } from "../../../../../local/platforms/docker/provider/process/paths.ts";

const paths = new PathMap(
  "/state/root",
  [
    { from: "/etc/prometheus", to: "/state/volumes/configuration", below: true },
    { from: "/etc/prometheus/certificates", to: "/state/volumes/certificates", below: true },
  ],
  ["/prometheus", "/etc/prometheus"],
  ["/run/secrets/key", "/etc/prometheus/prometheus.yml"],
);

describe("files", () => {
  it.each([
    ["a mounted file", "/etc/prometheus/prometheus.yml", "/state/volumes/configuration/prometheus.yml"],
    ["a mount inside a mount", "/etc/prometheus/certificates/ca.pem", "/state/volumes/certificates/ca.pem"],
    ["a folder of the image", "/prometheus/wal", "/state/root/prometheus/wal"],
    ["an upload outside all", "/run/secrets/key", "/state/root/run/secrets/key"],
    ["any other place", "/var/tmp/x", "/state/root/var/tmp/x"],
  ])("%s", (_what, path, expected) => {
    expect(paths.file(path)).toBe(expected);
  });
});

describe("texts", () => {
  it.each([
    [
      "a flag",
      "--config.file=/etc/prometheus/prometheus.yml",
      "--config.file=/state/volumes/configuration/prometheus.yml",
    ],
    ["a glob", "  - /etc/prometheus/rules/*.yml", "  - /state/volumes/configuration/rules/*.yml"],
    ["a quoted folder", '"/prometheus"', '"/state/root/prometheus"'],
    ["the exact path of an upload", "KEY=/run/secrets/key", "KEY=/state/root/run/secrets/key"],
    ["the folder of an upload", "/run/secrets", "/state/root/run/secrets"],
    ["two in one line", "/prometheus:/etc/prometheus", "/state/root/prometheus:/state/volumes/configuration"],
  ])("replace %s", (_what, text, expected) => {
    expect(paths.text(text)).toBe(expected);
  });

  it.each([
    ["the path of an address", "http://127.0.0.1/prometheus/api"],
    ["an address that looks like a place", "http://prometheus/graph"],
    ["a longer name", "/prometheus-data and /etc/prometheus.d"],
    ["another file next to an upload", "/run/secrets/other"],
    ["the folder above an upload as part of something else", "/run/user"],
    ["a path that is none of ours", "--web.route-prefix=/metrics"],
    ["a relative path", "rules/etc/prometheus"],
  ])("leave %s", (_what, text) => {
    expect(paths.text(text)).toBe(text);
  });
});
