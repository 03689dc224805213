import { describe, expect, test } from "vitest";
import { imageReference, images } from "../../../catalog/images.ts";
import { isSecretInput } from "../../support/mocks.ts";
import { componentOf, type Overrides, runProgram, type Stack } from "../../support/program.ts";

interface Upload {
  readonly file: string;
  readonly content: string;
  readonly permissions: string;
}

async function pageOf(stack: Stack, overrides: Overrides = {}) {
  return componentOf(await runProgram(stack, { overrides }), "StatusPage");
}

describe("production's status page", () => {
  test("is Gatus on a port of its host, with its history on a volume of its own", async () => {
    const page = await pageOf("production");
    const gatus = page.inputs("status-page-gatus");
    expect(page.inputs("status-page-image")["name"]).toBe(imageReference(images.gatus));
    expect(gatus).toMatchObject({
      name: "agentpay-production-gatus",
      restart: "unless-stopped",
      capabilities: { drops: ["ALL"] },
      ports: [{ internal: 8080, external: 8080, ip: "127.0.0.1" }],
      readOnly: true,
      volumes: [
        { containerPath: "/etc/gatus", readOnly: true },
        { volumeName: "agentpay-production-status-page-data", containerPath: "/data" },
      ],
    });
    expect(page.child("status-page-data").protect).toBe(true);
  });

  test("has its own certificate from secrets, for root's eyes only", async () => {
    const page = await pageOf("production");
    const uploads = page.inputs("status-page-gatus-files")["uploads"] as readonly Upload[];
    expect(uploads.map(({ file, permissions }) => [file, permissions])).toEqual([
      ["/etc/gatus/config.yaml", "0444"],
      ["/etc/gatus/tls/certificate.pem", "0400"],
      ["/etc/gatus/tls/private-key.pem", "0400"],
    ]);
    const raw = page.child("status-page-gatus-files").inputs["uploads"];
    const contents = isSecretInput(raw) ? raw.value : raw;
    const [, certificate, key] = contents as readonly { content: unknown }[];
    if (!isSecretInput(raw))
      expect([certificate, key].every((each) => isSecretInput(each?.content))).toBe(true);
  });

  test("leaves TLS to whatever is in front of it where it has none", async () => {
    const none = { "uptime.statusPageCertificate": "", "uptime.statusPagePrivateKey": "" };
    const uploads = (await pageOf("production", none)).inputs("status-page-gatus-files")["uploads"];
    expect(uploads).toHaveLength(1);
  });

  test("can run on another host, and without the metrics platform", async () => {
    const host = "ssh://deploy@elsewhere.example.com";
    const overrides = { "metrics.enabled": false, "uptime.statusPageDockerHost": host };
    const run = await runProgram("production", { overrides });
    const providers = run.resources.filter(({ type }) => type === "pulumi:providers:docker");
    expect(providers.map(({ name, inputs }) => [name, inputs["host"]])).toEqual([
      ["status-page-docker", host],
    ]);
    expect(componentOf(run, "StatusPage").counts["docker:index/container:Container"]).toBe(2);
  });
});
