/** A real AWS emulator for tests, on a port of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Children } from "../../../../../local/host/children.ts";
import { LogFiles } from "../../../../../local/host/log-files.ts";
import type { RunningService } from "../../../../../local/host/service.ts";
import { startEmulator } from "../../../../../local/platforms/aws/emulator/moto.ts";
import { tools } from "../../../../../operations/tools/tools.ts";
import { freePort } from "../../../../../toolkit/free-port.ts";
import { ensureTool } from "../../../../../toolkit/toolchain/find.ts";

export interface Emulator extends RunningService {
  readonly url: string;
  /** A folder of this test, removed with the emulator. */
  readonly folder: string;
}

export async function startMoto(): Promise<Emulator> {
  const folder = mkdtempSync(join(tmpdir(), "agentpay-moto-"));
  const logs = new LogFiles(join(folder, "logs"));
  const children = new Children(join(folder, "children.json"), logs);
  const service = await startEmulator(await freePort(), {
    tools: { moto: await ensureTool(tools.moto) },
    startChild: (child) => children.start({ cwd: folder, ...child }),
    stateFolder: folder,
  });
  return {
    ...service,
    folder,
    stop: async () => {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
