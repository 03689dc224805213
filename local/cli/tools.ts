/** The tools of the local stack, for the commands that need them. */
import { localApp } from "../app.ts";
import { ensureTool, type FoundTool } from "../toolchain/find.ts";
import { instrumentationPython } from "../toolchain/instrumentation-python.ts";
import { type ToolName, tools } from "../toolchain/tools.ts";
import { sideBySide } from "./progress.ts";

export type FoundTools = Readonly<Record<ToolName, FoundTool>>;

/** All of them, found or made side by side, with their progress shown, and what the chosen AgentPay needs. */
export async function ensureTools(): Promise<FoundTools> {
  const wanted = { ...tools, ...(localApp() === "example" && { instrumentation: instrumentationPython }) };
  const found = await sideBySide(
    Object.values(wanted).map((tool) => ({
      title: `${tool.name} ${tool.version}`,
      run: (onProgress) => ensureTool(tool, { onProgress }),
      done: ({ name, version, source }: FoundTool) => `${name} ${version} (${source})`,
    })),
  );
  return Object.fromEntries(Object.keys(wanted).map((name, index) => [name, found[index]])) as FoundTools;
}
