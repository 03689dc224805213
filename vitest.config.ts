import { setFlagsFromString } from "node:v8";
import { defineConfig } from "vitest/config";

// The tests make much garbage and keep little: collected less often, they need a fifteenth less processor time.
setFlagsFromString("--max-semi-space-size=64");

/** The fast suite. What needs built tools or running servers lives in *.e2e.ts and has commands of its own. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "threads",
    // What commands say is compared: a CI system's colours are no part of it.
    env: { NO_COLOR: "1", FORCE_COLOR: "0" },
    // One module graph a thread: loading the SDKs again for each file took half of the time.
    isolate: false,
    // Vitest would leave one core idle: on two, that is half of them.
    maxWorkers: "100%",
    // Last resorts against hanging, far above what is usual, for the busy machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
  },
});
