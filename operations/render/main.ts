/** `npm run render -- --stack production --out DIR`: writes every generated file, with no account and no engine. */

import { Command, InvalidArgumentError } from "commander";
import { readSettings } from "../../settings/settings-file.ts";
import { parseStack } from "../../settings/stack-name.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { renderAll } from "./index.ts";
import { writeFiles } from "./write-files.ts";

const command = new Command("render")
  .description("Write the files that Prometheus, Alertmanager, Grafana and the CloudWatch agent read")
  .requiredOption(
    "-s, --stack <name>",
    "the stack whose configuration to use (Pulumi.<name>.yaml)",
    parseStack,
  )
  .requiredOption("-o, --out <folder>", "where to write; made if it is missing", (folder) => {
    if (folder === "") throw new InvalidArgumentError("It must name a folder.");
    return folder;
  });

command.parse();
const { stack, out } = command.opts<{ stack: string; out: string }>();

try {
  const files = renderAll(readSettings(REPOSITORY, stack));
  writeFiles(out, files, (path) => console.log(path));
} catch (error) {
  command.error(error instanceof Error ? error.message : String(error));
}
