/** What `npm run ops` can do. A verb's module is loaded when the verb is asked for: what is here is all that `--help` needs. */
import type { Command } from "commander";

export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** Names of its own verbs. Default: it has none. */
  readonly verbs?: readonly string[];
  readonly load: () => Promise<{ readonly command: Command }>;
}

export const verbGroups: Readonly<Record<string, readonly Verb[]>> = {
  "A stack:": [
    {
      name: "review",
      summary: "say what a change would do to a stack, as Markdown",
      load: () => import("./review/command.ts"),
    },
    {
      name: "replay",
      summary: "say what the alerts would have done in the last weeks",
      load: () => import("./replay/command.ts"),
    },
    {
      name: "weekly",
      summary: "say how a stack's week went, and what to mend",
      load: () => import("./weekly/command.ts"),
    },
    {
      name: "adopt",
      summary: "take over what was made by hand, before the first `pulumi up`",
      load: () => import("./adopt/command.ts"),
    },
    {
      name: "deploy",
      summary: "deploy a stack, and prove that it has arrived",
      load: () => import("./deploy/command.ts"),
    },
    {
      name: "drift",
      summary: "compare what a stack manages with the platforms",
      load: () => import("./drift/command.ts"),
    },
    {
      name: "verify",
      summary: "prove the monitoring checklist on the live stack",
      load: () => import("./verify/command.ts"),
    },
    {
      name: "secrets",
      summary: "look for secrets in clear in a stack's state",
      verbs: ["scan"],
      load: () => import("./secrets/command.ts"),
    },
    {
      name: "upgrade",
      summary: "prepare a stack from an earlier version for `pulumi up`",
      load: () => import("./upgrades/command.ts"),
    },
  ],
  "Servers and databases:": [
    {
      name: "render",
      summary: "write the files that the servers read",
      load: () => import("./render/command.ts"),
    },
    {
      name: "rules",
      summary: "load the rules into an engine elsewhere",
      verbs: ["sync"],
      load: () => import("./rulers/command.ts"),
    },
    {
      name: "database",
      summary: "prepare AgentPay's PostgreSQL for monitoring",
      verbs: ["migrate", "verify", "prune"],
      load: () => import("./database/command.ts"),
    },
  ],
  "This project:": [
    {
      name: "new",
      summary: "write the beginning of a new alert",
      verbs: ["alert"],
      load: () => import("./new/command.ts"),
    },
    {
      name: "generate",
      summary: "write the generated files again",
      load: () => import("./generate/command.ts"),
    },
    {
      name: "vendors",
      summary: "compare what we rely on with what the vendors publish",
      verbs: ["check"],
      load: () => import("./vendors/command.ts"),
    },
    {
      name: "toolchain",
      summary: "find the tools of the local stack, or get them",
      load: () => import("./tools/command.ts"),
    },
    {
      name: "github",
      summary: "tell GitHub and Slack what CI has found",
      verbs: ["comment", "drift-issue", "vendors-issue", "weekly-issue", "failed"],
      load: () => import("./github/command.ts"),
    },
  ],
};
