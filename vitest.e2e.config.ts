import { defineConfig } from "vitest/config";

/** These live at a multiple of the clock's pace, where a second lost to a neighbour is a minute. */
const TIME_SENSITIVE = ["test/local/drill/**/*.e2e.ts"];

const shared = { pool: "forks", testTimeout: 300_000, hookTimeout: 900_000 } as const;

/** What needs built tools or running servers. Each file has ports and folders of its own, and waits more than it works. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: "side by side",
          include: ["test/**/*.e2e.ts"],
          exclude: TIME_SENSITIVE,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: "one at a time",
          include: TIME_SENSITIVE,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
