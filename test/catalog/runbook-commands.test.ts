/** What a runbook tells people to type at night works: syntax by the shell itself, names by where they are defined. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { queues } from "../../local/agentpay/world.ts";

const folder = join(import.meta.dirname, "../../runbooks");
const files = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
const guide = files.find(({ name }) => name === "README.md")?.text ?? "";

/** Commands of a page: its shell blocks, and what stands in backquotes and begins with a program's name. */
function commandsOf(text: string): string[] {
  const blocks = [...text.matchAll(/^( *)```sh\n([\s\S]*?)\n *```$/gm)].map(([, indent = "", body = ""]) =>
    body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
  const inline = [...text.matchAll(/`((?:docker|aws|redis-cli|psql|curl|npm|pulumi) [^`]+)`/g)];
  return [...blocks, ...inline.map(([, command = ""]) => command)];
}

/** Each is a mistake that was found, and its kind. */
const wrong: readonly (readonly [why: string, pattern: RegExp])[] = [
  ["compose finds no file of its default name on AgentPay's hosts", /docker compose (?!-f )/],
  [
    "it removes stopped containers, a revision that was not started yet among them",
    /docker system prune(?! *:)/,
  ],
  ["its lines begin with a time, which jq can't read: use filter-log-events", /aws logs tail[^\n]*\|\s*jq/],
  ["process 1 only starts the others", /py-spy dump --pid 1\b/],
  ["dramatiq adds on the right and takes from the left", /LMOVE dramatiq:\S+ \S+ RIGHT/],
];

describe.each(files)("$name", ({ text }) => {
  const commands = commandsOf(text).filter((command) => !/Never `?docker system prune/.test(command));

  test("has commands that the shell can read", () => {
    // What is to be filled in would be a redirection.
    const filled = commands.map((command) => command.replaceAll(/<[a-zA-Z][\w .:-]*>/g, "filled-in"));
    // From a shell, a shell is started many times faster than from here.
    const each = 'for command; do bash -n <<<"$command" || { echo "in: $command" >&2; exit 1; }; done';
    expect(() => execFileSync("bash", ["-c", each, "bash", ...filled], { stdio: "pipe" })).not.toThrow();
  });

  test("has none that is known not to work", () => {
    const found = commands
      .filter((command) => !command.startsWith("docker system prune"))
      .flatMap((command) =>
        wrong.flatMap(([why, pattern]) => (pattern.test(command) ? [`${command}: ${why}`] : [])),
      );
    expect(found).toEqual([]);
    // To warn of it is fine, to tell people to type it is not.
    expect(text).not.toMatch(/(?<!Never )`docker system prune/);
  });

  test("asks the logs for events that AgentPay logs, and Redis for queues that there are", () => {
    const events = commands
      .flatMap((command) => [...command.matchAll(/\$\.event = "(\w+)"/g)])
      .map(([, event = ""]) => event);
    for (const event of events) expect(guide).toContain(`\`${event}\``);
    const named = commands
      .flatMap((command) => [...command.matchAll(/dramatiq:(\w+)/g)])
      .map(([, queue = ""]) => queue);
    for (const queue of named) expect([...queues, "quarantine"]).toContain(queue);
  });
});

test("the events that the Python package logs are those that the runbooks know", () => {
  const source = readFileSync(join(folder, "../instrumentation/src/agentpay_observability/llm.py"), "utf8");
  const logged = [...source.matchAll(/_log\.error\("(\w+)"/g)].map(([, event = ""]) => event);
  expect(logged.length).toBeGreaterThan(0);
  for (const event of logged) expect(guide).toContain(`\`${event}\``);
});
