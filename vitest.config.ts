import { defineConfig } from "vitest/config";

/** The fast suite. What needs built tools or running servers lives in *.e2e.ts and has commands of its own. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "threads",
    testTimeout: 20_000,
  },
});
