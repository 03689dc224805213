/**
 * A dynamic resource's methods become text with the help of Node's debugger, which threads don't have: tests under
 * mocks do without the text. That it works, and holds no secret, is for the tests on the real engine.
 */
import { createRequire, Module } from "node:module";

const require = createRequire(import.meta.url);

/** What stands for the methods of every dynamic resource from now on. */
export const METHODS = "its methods";

export function withoutClosures(): void {
  const file = require.resolve("@pulumi/pulumi/runtime/closure/serializeClosure.js");
  const serializeFunction = async () => ({ text: METHODS, containsSecrets: false });
  require.cache[file] = Object.assign(new Module(file), { exports: { serializeFunction }, loaded: true });
}
