/**
 * A copy of a stack's state and configuration, in a folder of its own: what is tried on it touches neither the stack nor
 * a platform. Whatever ends it half-way leaves the stack as it was.
 */
import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { environmentOf, PROJECT } from "../../settings/stack-name.ts";
import { readJson } from "../../toolkit/json.ts";
import { withTemporaryFolder } from "../../toolkit/temporary-folder.ts";
import { output, type Pulumi, pulumiOf } from "../pulumi/cli.ts";
import { Passphrase } from "./passphrase.ts";

const exportSchema = z.looseObject({
  version: z.number(),
  deployment: z
    .looseObject({
      secrets_providers: z.unknown().optional(),
      resources: z.array(z.looseObject({ urn: z.string() })).optional(),
    })
    .nullish(),
});

/** What `pulumi stack export` prints. */
export type Exported = z.output<typeof exportSchema>;

export interface Scratch {
  readonly pulumi: Pulumi;
  /** For files that go with the copy. */
  readonly folder: string;
  readonly passphrase: Passphrase;
  /** The state of the copy, secrets as the engine shows them: never written to a file. */
  exported(): Promise<Exported>;
}

/** @throws StackError where the stack can't be read */
export async function exportOf(pulumi: Pulumi, ...options: readonly string[]): Promise<Exported> {
  return readJson(exportSchema, await output(pulumi, "stack", "export", ...options));
}

export async function withScratch<Result>(
  stack: string,
  own: Pulumi,
  work: (scratch: Scratch) => Promise<Result>,
): Promise<Result> {
  const [exported, configuration] = await Promise.all([
    exportOf(own, "--show-secrets"),
    output(own, "config", "--json", "--show-secrets"),
  ]);
  return withTemporaryFolder("adopt", async (folder) => {
    const passphrase = new Passphrase();
    const name = environmentOf(stack);
    const configurationFile = path.join(folder, `Pulumi.${name}.yaml`);
    await writeFile(configurationFile, configurationOf(configuration, passphrase), { mode: 0o600 });
    await writeState(folder, name, exported, passphrase);
    const environment = {
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: passphrase.phrase,
      PULUMI_CONFIG_PASSPHRASE_FILE: "",
    };
    const pulumi = await pulumiOf(stack, { environment, configurationFile });
    return work({
      pulumi,
      folder,
      passphrase,
      exported: async () => passphrase.opened(await exportOf(pulumi)) as Exported,
    });
  });
}

const configurationSchema = z.record(
  z.string(),
  z.object({ value: z.string().optional(), objectValue: z.unknown().optional(), secret: z.boolean() }),
);

/** The stack's file, each value that has a secret in it encrypted as a whole. */
function configurationOf(json: string, passphrase: Passphrase): string {
  const config = Object.entries(readJson(configurationSchema, json)).map(
    ([key, { value = "", objectValue, secret }]) => {
      if (!secret) return [key, objectValue ?? value];
      const text = objectValue === undefined ? value : JSON.stringify(objectValue);
      return [key, { secure: passphrase.encrypt(text) }];
    },
  );
  // JSON is YAML, in which a text stays one: a date is none.
  return JSON.stringify({ encryptionsalt: passphrase.salt, config: Object.fromEntries(config) });
}

/** As the engine's file backend keeps it. */
async function writeState(
  folder: string,
  name: string,
  { deployment, ...rest }: Exported,
  passphrase: Passphrase,
): Promise<void> {
  const home = path.join(folder, ".pulumi");
  const stacks = path.join(home, "stacks", PROJECT);
  await mkdir(stacks, { recursive: true, mode: 0o700 });
  const latest = {
    ...(passphrase.sealed(deployment ?? {}) as object),
    secrets_providers: { type: "passphrase", state: { salt: passphrase.salt } },
  };
  const checkpoint = { stack: `organization/${PROJECT}/${name}`, latest };
  await writeFile(path.join(home, "meta.yaml"), "version: 1\n");
  await writeFile(path.join(stacks, `${name}.json`), JSON.stringify({ ...rest, checkpoint }), {
    mode: 0o600,
  });
}

/** A name for a file that nobody else has. */
export function fileIn(folder: string, purpose: string): string {
  return path.join(folder, `${purpose}-${randomUUID()}.json`);
}
