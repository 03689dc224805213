import { defineConfig } from "vitest/config";

/** What needs built tools or running servers. One file at a time: they share two cores and, some, the ports. */
export default defineConfig({
  test: {
    include: ["test/**/*.e2e.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 900_000,
  },
});
