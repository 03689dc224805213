/**
 * Secrets Manager. What is in a secret is not kept, only whether it is still the same; where the stack has an engine that
 * reads secrets, that has it.
 */
import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { handler, observed } from "../handler.ts";
import { policyDocument } from "../policy-document.ts";
import { arnOf, named, refused, region, tags, text, wholeNumber } from "../schema.ts";
import { keptOf, keptResource } from "./kept.ts";

const SECRET = "secret";

export function secret(connection: Connection) {
  const inputs = z.strictObject({
    ...named(512, /^[\w/+=.@-]+$/, "may hold letters, digits and / _ + = . @ -"),
    description: text(0, 2048).optional(),
    forceOverwriteReplicaSecret: z.boolean().optional(),
    kmsKeyId: text(1, 2048).optional(),
    policy: refused("use SecretPolicy"),
    recoveryWindowInDays: z.union([z.literal(0), wholeNumber(7, 30)]).optional(),
    region: region().optional(),
    replicas: refused("there is one region"),
    tags: tags(connection.defaultTags),
    type: refused("secrets of partners"),
  });
  return keptResource(connection, {
    kind: SECRET,
    inputs,
    replaceOn: ["name", "namePrefix", "region"],
    async makeId(given) {
      const { accountId } = await connection.caller();
      const suffix = randomBytes(3).toString("hex");
      const name = given.name ?? `${given.namePrefix ?? "secret-"}${suffix}`;
      return `arn:aws:secretsmanager:${given.region ?? connection.region}:${accountId}:secret:${name}-${suffix}`;
    },
    outputs: (id, given) => ({ arn: id, region: given.region ?? connection.region }),
  });
}

/** @throws where there is no such secret */
function requireSecret({ store }: Connection, arn: string): void {
  if (store.get(SECRET, arn) === undefined)
    throw new Error(`Secrets Manager can't find the specified secret: ${arn}`);
}

const versionInputs = z
  .strictObject({
    region: region().optional(),
    secretBinary: refused("use secretString"),
    secretId: arnOf("secretsmanager"),
    secretString: text(1, 65_536).optional(),
    secretStringWo: refused("use secretString"),
    secretStringWoVersion: refused("use secretString"),
    versionStages: refused("the newest version is the current one"),
  })
  .refine(({ secretString }) => secretString !== undefined, {
    path: ["secretString"],
    error: "is missing",
  });

export function secretVersion(connection: Connection) {
  const { store, engine } = connection;
  const KIND = "secret-version";
  const digest = (value = "") => createHash("sha256").update(value).digest("hex");
  return handler({
    inputs: versionInputs,
    replaceOn: ["secretId", "secretString", "region"],
    async create(given) {
      requireSecret(connection, given.secretId);
      const versionId = digest(given.secretString).slice(0, 32);
      const id = `${given.secretId}|${versionId}`;
      await engine?.setSecret(given.secretId, given.secretString ?? "");
      store.set(KIND, id, { digest: digest(given.secretString) });
      return { id, outputs: { arn: given.secretId, versionId } };
    },
    async read(id, last) {
      const kept = store.get(KIND, id);
      if (kept === undefined) return undefined;
      const same = kept["digest"] === digest(last.inputs.secretString);
      const secretString = same ? last.inputs.secretString : "changed elsewhere";
      return {
        inputs: observed(last.inputs, { ...last.inputs, secretString }),
        outputs: { arn: last.inputs.secretId, versionId: id.split("|")[1] ?? "" },
      };
    },
    update: async (id, given) => ({ arn: given.secretId, versionId: id.split("|")[1] ?? "" }),
    delete: async (id) => store.delete(KIND, id),
  });
}

export function secretPolicy(connection: Connection) {
  const inputs = z.strictObject({
    blockPublicPolicy: z.boolean().optional(),
    policy: policyDocument("resource", 20_480),
    region: region().optional(),
    secretArn: arnOf("secretsmanager"),
  });
  return keptOf(connection, {
    kind: "secret-policy",
    inputs,
    owner: "secretArn",
    requireOwner: requireSecret,
  });
}
