/** A real AWS emulator for tests, on a port of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../../local/emulator/moto.ts";
import { Children } from "../../../local/engine/children.ts";
import { LogFiles } from "../../../local/engine/log-files.ts";
import { freePort } from "../../../local/free-port.ts";
import type { RunningService } from "../../../local/service.ts";
import { ensureTool } from "../../../local/toolchain/find.ts";
import { tools } from "../../../local/toolchain/tools.ts";

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
