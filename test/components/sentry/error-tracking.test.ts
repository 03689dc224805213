import { describe, expect, test } from "vitest";
import { isSecretInput, plain } from "../../support/mocks.ts";
import { componentOf, runProgram } from "../../support/program.ts";

test("the local stack keeps events from localhost: it has no others", async () => {
  const tracking = componentOf(await runProgram("local"), "ErrorTracking");
  expect(tracking.inputs("error-tracking-settings")).toMatchObject({
    filters: { "filtered-transaction": true, localhost: false },
  });
});

describe.each(["production", "staging"] as const)("%s", (stack) => {
  const slug = `agentpay-${stack}`;

  test("has a team, its project, what that filters and who owns its errors, and a key", async () => {
    const tracking = componentOf(await runProgram(stack), "ErrorTracking");
    expect(tracking.counts).toEqual({
      "pulumi-nodejs:dynamic/agentpay:SentryProjectSettings": 1,
      "sentry:index/sentryKey:SentryKey": 1,
      "sentry:index/sentryProject:SentryProject": 1,
      "sentry:index/sentryTeam:SentryTeam": 1,
    });
    const organization = "agentpay";
    expect(tracking.inputs("error-tracking-team")).toEqual({ organization, name: slug, slug });
    expect(tracking.inputs("error-tracking-project")).toEqual({
      organization,
      name: slug,
      slug,
      teams: [slug],
    });
    expect(tracking.inputs("error-tracking-settings")).toMatchObject({
      organization,
      project: slug,
      platform: "python",
      filters: {
        "browser-extensions": true,
        "filtered-transaction": true,
        localhost: true,
        "web-crawlers": true,
      },
      ownership: `path:* #${slug}`,
      projectId: "4242",
      // Sentry's own would tell of the same errors.
      defaultAlert: false,
    });
    expect(tracking.inputs("error-tracking-key")).toEqual({
      organization,
      project: slug,
      name: "AgentPay server",
    });
  });

  test("its DSN is secret: in state by option, and where the component exposes it", async () => {
    const tracking = componentOf(await runProgram(stack), "ErrorTracking");
    const { additionalSecretOutputs } = tracking.child("error-tracking-key");
    expect(additionalSecretOutputs).toEqual(["dsnPublic", "dsnCsp", "dsnSecret", "secret"]);
    expect(isSecretInput(tracking.outputs["dsn"])).toBe(true);
    expect(plain(tracking.outputs)).toEqual({
      projectSlug: slug,
      projectId: "4242",
      teamId: "4711",
      dsn: "sentinel-secret:dsn-public",
    });
  });
});
