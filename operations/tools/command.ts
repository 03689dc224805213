import { Argument, Command } from "commander";
import { Listr } from "listr2";
import { messageOf } from "../../toolkit/error-message.ts";
import { Failure } from "../../toolkit/failure.ts";
import { allowedSources, ensureTool, type FoundTool } from "../../toolkit/toolchain/find.ts";
import { jsonOption, outOption, type ResultOptions, tell } from "../options.ts";
import { type ToolName, tools } from "./tools.ts";

/** `npm run ops -- toolchain`: finds or gets the tools of the local stack, and says what was found. */

const names = Object.keys(tools);

function isToolName(name: string): name is ToolName {
  return names.includes(name);
}

async function main(wanted: readonly ToolName[], how: ResultOptions): Promise<void> {
  const sources = allowedSources(process.env);
  const found: FoundTool[] = [];
  const problems: string[] = [];
  const list = new Listr(
    wanted.map((name) => ({
      title: `${name} ${tools[name].version}`,
      task: async (_, task) => {
        const onProgress = (message: string) => {
          task.output = `${name}: ${message}`;
        };
        try {
          const tool = await ensureTool(tools[name], { sources, onProgress });
          task.title = `${tool.name} ${tool.version} (${tool.source})`;
          found.push(tool);
        } catch (error) {
          problems.push(messageOf(error));
          throw new Error(`${name} ${tools[name].version}: see below`);
        }
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      ...(how.json && { renderer: "silent" as const }),
    },
  );
  await list.run();
  const lines = found.flatMap(({ binaries }) =>
    Object.entries(binaries).map(([binary, path]) => `${binary}\t${path}`),
  );
  await tell({ found, problems }, lines.join("\n"), how);
  if (problems.length > 0) throw new Failure(problems.join("\n\n"));
}

export const command = new Command("toolchain")
  .description(
    "Finds the tools of the local stack, or gets those that are missing: from PATH, the user's cache folder, the vendor's release, or a build.",
  )
  .addArgument(new Argument("[tool...]", "which ones (default: all)").choices(names))
  .addOption(jsonOption())
  .addOption(outOption())
  .addHelpText(
    "after",
    "\nAGENTPAY_TOOL_SOURCES limits the ways, for example: AGENTPAY_TOOL_SOURCES=path,cache,build",
  )
  .action((chosen: readonly string[], how: ResultOptions) =>
    main((chosen.length > 0 ? chosen : names).filter(isToolName), how),
  );
