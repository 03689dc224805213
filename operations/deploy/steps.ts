/** A deployment, step by step: what changes the platforms, then what proves that it has arrived. */
import { existsSync } from "node:fs";
import path from "node:path";
import { endsToldIn } from "../../components/shared/deprecation.ts";
import { environmentOf } from "../../settings/stack-name.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { refuseDuringAdoption } from "../adopt/under-way.ts";
import { checkDrift } from "../drift/check.ts";
import { ends, report } from "../drift/report.ts";
import type { Pulumi } from "../pulumi/cli.ts";
import { doubtTold, madeAgain } from "../pulumi/doubt.ts";
import { readState } from "../pulumi/state.ts";
import { report as reportSecrets, scan } from "../secrets/scan.ts";
import { letGoOfSentryRules, told } from "../upgrades/sentry-rules.ts";
import { readStack } from "../verify/stack.ts";

export interface Deployment {
  readonly stack: string;
  readonly pulumi: Pulumi;
  readonly print: (line: string) => void;
}

interface Step {
  readonly title: string;
  /** Whether it succeeded. What it has to say, it prints. */
  run(deployment: Deployment): Promise<boolean>;
}

/** The pack, and the levels of the stack's environment where it has its own. */
export function policyArguments(stack: string): readonly string[] {
  const levels = path.join(REPOSITORY, "policies/config", `${environmentOf(stack)}.json`);
  return [
    ...["--policy-pack", path.join(REPOSITORY, "policies")],
    ...(existsSync(levels) ? ["--policy-pack-config", levels] : []),
  ];
}

/** Outputs are left out: a log is no place for them. */
const engine = (title: string, argumentsOf: (stack: string) => readonly string[]): Step => ({
  title,
  async run({ stack, pulumi, print }) {
    const { code } = await pulumi(argumentsOf(stack), { onLine: print });
    return code === 0;
  },
});

export const steps: readonly Step[] = [
  {
    title: "State: nothing that an update would make a second time",
    async run({ stack, pulumi, print }) {
      await refuseDuringAdoption(stack);
      const pending = madeAgain(await readState(pulumi));
      print(pending.length > 0 ? doubtTold(stack, pending) : "nothing");
      return pending.length === 0;
    },
  },
  {
    title: "State: what an earlier version has left",
    async run({ pulumi, print }) {
      const urns = await letGoOfSentryRules(pulumi);
      print(urns.length > 0 ? told(urns) : "nothing");
      return true;
    },
  },
  // `up` begins with a preview, which is where a mandatory policy refuses before anything has changed.
  engine("Update", (stack) => ["up", "--yes", "--suppress-outputs", ...policyArguments(stack)]),
  engine("Convergence: a second update would change nothing", () => [
    "preview",
    "--expect-no-changes",
    "--suppress-outputs",
  ]),
  {
    // The state may say what the platforms do not: an update alone does not read them.
    title: "The platforms can be read",
    async run({ stack, pulumi, print }) {
      const result = await checkDrift(stack, pulumi);
      print(report(result));
      // Somebody's change by hand is told, and is the daily check's to follow up.
      return result.status === "clean" || result.status === "drifted";
    },
  },
  // A preview does not know every value yet; the state does.
  engine("Policies on the real state", (stack) => ["policy", "analyze", ...policyArguments(stack)]),
  {
    title: "No secret in clear in the state",
    async run({ stack, pulumi, print }) {
      const result = await scan(stack, pulumi, await readStack(stack, pulumi));
      print(reportSecrets(result));
      return result.status === "clean";
    },
  },
];

/**
 * Runs them in order, up to the first that fails, and says at the end what the vendors' answers say will end. Returns the
 * title of what failed; undefined where nothing did.
 */
export async function deploy(
  deployment: Deployment,
  of: readonly Step[] = steps,
): Promise<string | undefined> {
  const lines: string[] = [];
  const print = (line: string): void => {
    lines.push(line);
    deployment.print(line);
  };
  const failed = await firstFailure({ ...deployment, print }, of);
  const told = endsToldIn(lines);
  if (told.length > 0) deployment.print(["", ...ends(told)].join("\n"));
  return failed;
}

async function firstFailure(deployment: Deployment, of: readonly Step[]): Promise<string | undefined> {
  for (const { title, run } of of) {
    deployment.print(`\n== ${title}`);
    if (!(await run(deployment))) return title;
  }
  return undefined;
}
