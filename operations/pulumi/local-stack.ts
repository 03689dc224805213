/**
 * How commands reach the stack of this machine. It says so itself, as a program of its own: what is here never imports
 * it, and works without it.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { messageOf } from "../../toolkit/error-message.ts";
import { Failure } from "../../toolkit/failure.ts";
import { readJson } from "../../toolkit/json.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { run } from "../../toolkit/toolchain/command.ts";

/** What a stack that was made says of itself. Its passwords are made up: it only listens on loopback. */
const madeSchema = z.object({
  made: z.literal(true),
  pulumi: z.object({
    /** Path of the CLI. */
    binary: z.string(),
    /** Variables beside this process's own. */
    environment: z.record(z.string(), z.string()),
    /** The stack's file, where it is not the project's own. */
    configurationFile: z.string().optional(),
  }),
  database: z.object({
    /** Of the administrator. */
    url: z.string(),
    /** Of the role that monitoring reads with. */
    monitoringPassword: z.string(),
  }),
});
/** One that was not made, or was taken down since, has nothing to be reached at: to say so needs no tool. */
const connectionSchema = z.discriminatedUnion("made", [madeSchema, z.object({ made: z.literal(false) })]);
export type LocalConnection = z.output<typeof connectionSchema>;

/** The last resort against hanging: it may have to make the Pulumi CLI again, which takes minutes. */
const HUNG_SECONDS = 3600;

/** Prints the connection as JSON. */
const PROGRAM = "local/cli/connection.ts";

/** @throws Failure where this copy of the project has no local stack, it is not up, or it can't say how it is reached */
export async function localConnection(): Promise<z.output<typeof madeSchema>> {
  if (!existsSync(path.join(REPOSITORY, PROGRAM))) {
    throw new Failure("There is no local stack in this copy of the project: the folder local/ is missing.");
  }
  const output = await run(process.execPath, [PROGRAM], {
    ...{ environment: process.env, folder: REPOSITORY, timeoutSeconds: HUNG_SECONDS },
  }).catch((error: unknown) => {
    throw new Failure(messageOf(error));
  });
  const connection = readJson(connectionSchema, output);
  if (!connection.made) throw new Failure("The local stack is not up. Start it with: make up");
  return connection;
}
