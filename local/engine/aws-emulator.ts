/** moto, the AWS emulator, as a child of the daemon. It forgets everything when it stops. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Service } from "../service.ts";

const START_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 100;
const ANSWER_MILLISECONDS = 5000;

export const awsEmulator: Service = {
  name: "AWS emulator",
  start: async ({ ports, tools, startChild }) => {
    const url = `http://127.0.0.1:${ports.aws}`;
    const child = await startChild({
      name: "moto",
      command: tools.moto.binaries["moto_server"] ?? "moto_server",
      args: ["-H", "127.0.0.1", "-p", String(ports.aws)],
      // The program attaches a policy that AWS owns.
      environment: { MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
    });
    const isHealthy = async () => child.isRunning() && (await answers(`${url}/moto-api/data.json`));
    const deadline = Date.now() + START_MILLISECONDS;
    while (!(await isHealthy())) {
      if (!child.isRunning())
        throw new Error(`the AWS emulator ended with ${await child.exited}; see logs/moto.log`);
      if (Date.now() > deadline)
        throw new Error(`the AWS emulator does not answer at ${url}; see logs/moto.log`);
      await sleep(POLL_MILLISECONDS);
    }
    return { stop: () => child.stop(), isHealthy };
  },
};

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Not yet, or no longer.
    return false;
  }
}
