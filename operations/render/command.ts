/** `npm run render -- --stack production --out DIR`: writes every generated file, with no account and no engine. */
import { Command } from "commander";
import { readSettings } from "../../settings/settings-file.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { outOption, stackOption } from "../options.ts";
import { renderAll } from "./index.ts";
import { writeFiles } from "./write-files.ts";

export const command = new Command("render")
  .description("Writes the files that Prometheus, Alertmanager, Grafana and the CloudWatch agent read")
  .addOption(stackOption("the stack whose configuration to use (Pulumi.<name>.yaml)"))
  .addOption(outOption("the folder to write to; made if it is missing").makeOptionMandatory())
  .action(({ stack, out }: { readonly stack: string; readonly out: string }) => {
    const files = renderAll(readSettings(REPOSITORY, stack));
    writeFiles(out, files, (path) => console.log(path));
  });
