/**
 * Amazon Managed Service for Prometheus where the local stack has a real engine for it: a Cortex, of which Amazon's is made,
 * behind the addresses and the signatures of Amazon's workspaces.
 */
import path from "node:path";
import { cortex as cortexTool } from "../../../../operations/tools/tools.ts";
import { ensureTool } from "../../../../toolkit/toolchain/find.ts";
import type { RunningService, Service, ServiceContext } from "../../../host/service.ts";
import { startCortex } from "../../cortex/server.ts";
import { emulatorUrl } from "../emulator/moto.ts";
import { Store } from "../provider/store.ts";
import { startWorkspaces } from "./api.ts";
import { WorkspaceEngine } from "./engine.ts";

const ANSWER_MILLISECONDS = 5000;
const dataFolder = ({ stateFolder }: Pick<ServiceContext, "stateFolder">) =>
  path.join(stateFolder, "data", "cortex");
const cortexUrl = ({ ports }: Pick<ServiceContext, "ports">) => `http://127.0.0.1:${ports.cortex}`;

/** What the stand-in of AWS hands rules and definitions to. */
export function workspaceEngine(context: Pick<ServiceContext, "stateFolder" | "ports">): WorkspaceEngine {
  const { ports } = context;
  return new WorkspaceEngine({
    cortexUrl: cortexUrl(context),
    workspacesUrl: `http://host.docker.internal:${ports.workspaces}`,
    folder: dataFolder(context),
    world: {
      pagerDutyUrl: `http://127.0.0.1:${ports.pagerduty}/v2/enqueue`,
      snsUrl: emulatorUrl(context),
    },
  });
}

export const workspaces: Service = {
  name: "Cortex, as Amazon's Prometheus",
  start: async (context) => {
    const running = await startCortex({
      folder: dataFolder(context),
      tool: await ensureTool(cortexTool),
      startChild: (child) => context.startChild(child),
      port: context.ports.cortex,
      environment: AWS_ENVIRONMENT,
    });
    const store = new Store(path.join(context.stateFolder, "data", "aws", "store.json"));
    const api = await startWorkspaces({
      port: context.ports.workspaces,
      cortexUrl: running.url,
      hasWorkspace: (id) => store.get("amp-workspace", id) !== undefined,
    });
    return {
      stop: async () => {
        await api.stop();
        await running.stop();
      },
      isHealthy: () => answers(running.url),
    } satisfies RunningService;
  },
};

/** With which its Alertmanager publishes to SNS. The emulator takes any credentials, and has no certificate. */
const AWS_ENVIRONMENT = {
  AWS_CA_BUNDLE: "",
  AWS_ACCESS_KEY_ID: "emulator",
  AWS_SECRET_ACCESS_KEY: "emulator",
  AWS_EC2_METADATA_DISABLED: "true",
};

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(ANSWER_MILLISECONDS) }).catch(
    () => undefined,
  );
  return answer?.ok ?? false;
}
