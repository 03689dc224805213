import { fileURLToPath } from "node:url";

/** The folder of this clone. */
export const repositoryFolder = fileURLToPath(new URL("../../", import.meta.url));
