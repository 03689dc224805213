/** Where the repository lies. */
import path from "node:path";

/** Absolute path of its root. */
export const REPOSITORY = path.resolve(import.meta.dirname, "..");
