/** The tools of the local stack, for the commands that need them. */

import { cortex, type ToolName, tools } from "../../operations/tools/tools.ts";
import { ensureTool, type FoundTool } from "../../toolkit/toolchain/find.ts";
import { localApp } from "../host/app.ts";
import type { MetricsEngine } from "../host/metrics-engine.ts";
import { instrumentationPython } from "../instrumentation/python.ts";
import { sideBySide } from "./progress.ts";

export type FoundTools = Readonly<Record<ToolName, FoundTool>>;

/** All of them, found or made side by side, with their progress shown, and what the chosen AgentPay and engine need. */
export async function ensureTools(engine: MetricsEngine = "prometheus"): Promise<FoundTools> {
  const wanted = {
    ...tools,
    ...(localApp() === "example" && { instrumentation: instrumentationPython }),
    ...(engine === "cortex" && { cortex }),
  };
  const found = await sideBySide(
    Object.values(wanted).map((tool) => ({
      title: `${tool.name} ${tool.version}`,
      run: (onProgress) => ensureTool(tool, { onProgress }),
      done: ({ name, version, source }: FoundTool) => `${name} ${version} (${source})`,
    })),
  );
  return Object.fromEntries(Object.keys(wanted).map((name, index) => [name, found[index]])) as FoundTools;
}
