/** What the program must do on the official plugins, in order. Each step says what was seen, or throws. */
import { Failure } from "../../toolkit/failure.ts";
import { services } from "./services.ts";
import { type Ended, LOCAL, OPS, type OwnStack } from "./stack.ts";

export interface Step {
  readonly title: string;
  run(stack: OwnStack): Promise<string>;
}

const THRESHOLD = "alertThresholds.HighErrorRate";

export const steps: readonly Step[] = [
  {
    title: "up",
    run: async (stack) => lastOf(expectCode(await stack.run(LOCAL, "up"), 0), /Pulumi up: (.*)/),
  },
  {
    title: "second preview: no change",
    run: async (stack) => {
      await stack.pulumi("preview", "--expect-no-changes", "--suppress-outputs");
      return "unchanged";
    },
  },
  {
    title: "refresh: no change",
    run: async (stack) => {
      await drifted(stack, 0);
      return "unchanged";
    },
  },
  {
    title: "verify",
    run: async (stack) =>
      lastOf(expectCode(await stack.run(OPS, "verify", "--stack", "local"), 0), /local: (\d+ proven.*)/),
  },
  {
    title: "no secret in clear in the state",
    run: async (stack) =>
      expectCode(await stack.run(OPS, "secrets", "scan", "--stack", "local"), 0).stdout.trim(),
  },
  {
    title: "one threshold: its revision and panels only",
    run: async (stack) => {
      await stack.pulumi("config", "set", "--path", THRESHOLD, "0.04");
      const changes = await plannedChanges(stack);
      // Nothing is replaced; the updates are the dashboards that draw it.
      const { create, delete: deleted, update = 0, ...others } = changes;
      if (create !== 1 || deleted !== 1 || update < 1 || Object.keys(others).length > 0) {
        throw new Failure(`a changed threshold would do ${JSON.stringify(changes)}`);
      }
      await stack.pulumi("up", "--yes", "--skip-preview", "--suppress-outputs");
      await stack.pulumi("preview", "--expect-no-changes", "--suppress-outputs");
      return `1 revision made, 1 removed, ${update} dashboards updated`;
    },
  },
  {
    title: "drift by hand in each service",
    run: async (stack) => {
      const changed: string[] = [];
      for (const { change } of services) changed.push(...(await change(stack)));
      const found = await drifted(stack, 7);
      const missed = changed.filter((resource) => !found.includes(resource));
      if (missed.length > 0) {
        throw new Failure(`changed by hand, not found: ${missed.join(", ")}; found: ${found.join(", ")}`);
      }
      await stack.pulumi("up", "--yes", "--skip-preview", "--refresh", "--suppress-outputs");
      await drifted(stack, 0);
      return `found, and healed: ${found.join(", ")}`;
    },
  },
  {
    title: "live drill",
    run: async (stack) => {
      expectCode(await stack.run("local/drills/main.ts", "--live", "--stack", "local"), 0);
      return "a page arrived, and its end";
    },
  },
  {
    title: "destroy: nothing left",
    run: async (stack) => {
      await stack.pulumi("destroy", "--yes", "--skip-preview");
      const left = (await Promise.all(services.map((service) => service.left?.(stack) ?? []))).flat();
      if (left.length > 0) throw new Failure(`left: ${left.join(", ")}`);
      return "nothing left in any service";
    },
  },
];

/** Runs the drift check, and returns the names of the resources that it found. */
async function drifted(stack: OwnStack, expected: 0 | 7): Promise<readonly string[]> {
  const ended = expectCode(await stack.run(OPS, "drift", "--stack", "local", "--json"), expected);
  const { drifted: found = [] } = JSON.parse(ended.stdout) as { drifted?: { urn: string }[] };
  return found.map(({ urn }) => urn.split("::").at(-1) ?? urn);
}

/** The number of resources by what an `up` would do to them now. */
async function plannedChanges(stack: OwnStack): Promise<Record<string, number>> {
  const output = await stack.pulumi("preview", "--json");
  const { changeSummary } = JSON.parse(output.slice(output.indexOf("{"))) as {
    changeSummary: Record<string, number>;
  };
  const { same: _, ...changes } = changeSummary;
  return changes;
}

function expectCode(ended: Ended, expected: number): Ended {
  if (ended.code === expected) return ended;
  throw new Failure(`ended with ${ended.code}, not ${expected}:\n${ended.output.trim()}`);
}

/** The last thing of this form that a command printed. */
function lastOf({ output }: Ended, form: RegExp): string {
  return [...output.matchAll(new RegExp(form, "g"))].at(-1)?.[1] ?? "done";
}
