/** The product alone: what a user keeps who deletes the local stack and the tests, and installs what it runs with. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verbGroups } from "../operations/verbs.ts";
import { REPOSITORY } from "../toolkit/repository.ts";

const PRODUCT = [
  ".github",
  ".npmrc",
  "Pulumi.local.yaml",
  "Pulumi.production.yaml",
  "Pulumi.yaml",
  "catalog",
  "components",
  "index.ts",
  "maintenance.yaml",
  "operations",
  "package-lock.json",
  "package.json",
  "policies",
  "settings",
  "toolkit",
  "tsconfig.json",
];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "agentpay-product-"));
  for (const name of PRODUCT) await cp(join(REPOSITORY, name), join(folder, name), { recursive: true });
  // From npm's cache, where it has been filled by the installation that runs this test.
  const install = ["ci", "--omit=dev", "--prefer-offline", "--no-audit", "--no-fund"];
  await promisify(execFile)("npm", install, { cwd: folder });
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (program: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [program, ...args], { cwd: folder });

test("is installed without what its development needs", async () => {
  const installed = await readdir(join(folder, "node_modules"));
  const {
    dependencies,
    devDependencies,
  }: Record<string, Record<string, string>> = JSON.parse(
    await readFile(join(folder, "package.json"), "utf8"),
  );
  const direct = (names: object = {}) => Object.keys(names).filter((name) => !name.startsWith("@"));
  expect(installed).toEqual(expect.arrayContaining(direct(dependencies)));
  // Pulumi's SDK brings a TypeScript of its own.
  const others = direct(devDependencies).filter((name) => name !== "typescript");
  expect(others.length).toBeGreaterThan(10);
  expect(installed.filter((name) => others.includes(name))).toEqual([]);
});

test("makes its resources and renders its files without the local stack", async () => {
  const side = join(folder, "side.json");
  await run("operations/review/side-program.ts", folder, "production", side);
  const { resources, files } = JSON.parse(await readFile(side, "utf8")) as {
    resources: unknown[];
    files: Record<string, string>;
  };
  expect(resources.length).toBeGreaterThan(100);
  expect(Object.keys(files)).toContain("prometheus/prometheus.yml");
});

test.each(
  Object.values(verbGroups)
    .flat()
    .map(({ name }) => name),
)("%s has its help without the local stack", async (verb) => {
  expect((await run("operations/cli.ts", verb, "--help")).stdout).toContain(`Usage: ops ${verb}`);
});

test("a command on the local stack says that there is none", async () => {
  const ended = await run("operations/cli.ts", "verify", "--stack", "local").catch((error) => error);
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("the folder local/ is missing") });
});
