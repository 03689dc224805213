import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

test.each(["preview", "screenshots"])(
  "dashboards:%s says what to do where no local stack runs",
  async (name) => {
    const program = `local/dashboards/${name}-command.ts`;
    const env = { ...process.env, AGENTPAY_LOCAL_PORT_OFFSET: "40000" };
    // Where there is no browser, that is what screenshots say first.
    await expect(promisify(execFile)(process.execPath, [program], { cwd: root, env })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/make up|There is no Chromium/),
    });
  },
);
