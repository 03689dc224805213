/** `npm run render -- --stack production --out DIR`: writes every generated file, with no account and no engine. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { readSettings } from "../settings-file.ts";
import { parseStack } from "../stack-name.ts";
import { renderAll } from "./index.ts";

const command = new Command("render")
  .description("Write the files that Prometheus, Alertmanager, Grafana and the CloudWatch agent read")
  .requiredOption(
    "-s, --stack <name>",
    "the stack whose configuration to use (Pulumi.<name>.yaml)",
    parseStack,
  )
  .requiredOption("-o, --out <folder>", "where to write; made if it is missing");

command.parse();
const { stack, out } = command.opts<{ stack: string; out: string }>();

try {
  const files = renderAll(readSettings(join(import.meta.dirname, ".."), stack));
  for (const [path, content] of Object.entries(files)) {
    const target = join(out, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    console.log(target);
  }
} catch (error) {
  command.error(error instanceof Error ? error.message : String(error));
}
