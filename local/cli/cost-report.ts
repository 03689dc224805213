/** `npm run cost-report`: the local stack's own function, now and for any day, with what it was deployed with. */
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import {
  type Edition,
  editions,
  lastDayOf,
  parseDay,
  startOf,
} from "../../components/cost-report/function/calendar.ts";
import { runCommand } from "../../operations/run-command.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { Failure } from "../../toolkit/failure.ts";
import { runningDaemon } from "../host/daemon-state.ts";
import { localPorts } from "../host/ports.ts";
import { statePaths } from "../host/state-folder.ts";
import { putBill } from "../platforms/aws/emulator/bill.ts";
import { invoke } from "../platforms/aws/emulator/functions.ts";
import { keptFunctions } from "../platforms/aws/provider/resources/function.ts";
import { Store } from "../platforms/aws/provider/store.ts";

const FUNCTION = "agentpay-local-cost-report";

interface Options {
  readonly date?: string;
  readonly edition: Edition;
  readonly dryRun?: boolean;
}

const program = new Command("cost-report")
  .description("Runs the local stack's cost report now: the email arrives in the stack's inbox")
  .option(
    "--date <day>",
    "last day that is reported, in UTC, such as 2026-11-22 (default: the last full one)",
    day,
  )
  .addOption(new Option("--edition <edition>", "which report").choices(editions).default("daily"))
  .option("--dry-run", "print the report, send nothing")
  .addHelpText(
    "after",
    "\nA deployed stack's report is made by hand with aws lambda invoke: runbooks/CostReportMissing.md.\n" +
      "\nExit codes: 0 done, 1 the report could not be made, or no local stack is up.",
  )
  .action(report);

function day(text: string): string {
  try {
    return parseDay(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

const answerSchema = z.object({
  subject: z.string(),
  remarks: z.array(z.string()),
  text: z.string().optional(),
});

async function report({ date, edition, dryRun = false }: Options): Promise<void> {
  const paths = statePaths();
  if (!(await runningDaemon(paths))) throw new Failure("The local stack is not up. Start it with: make up");
  const store = new Store(join(paths.data, "aws", "store.json"));
  const deployed = keptFunctions(store).find(({ inputs }) => inputs.name === FUNCTION);
  if (!deployed)
    throw new Failure("The local stack has no cost report: set cost.report.enabled, and make up");
  const ports = localPorts();
  const url = `http://127.0.0.1:${ports.aws}`;
  const last = date ?? lastDayOf(edition, new Date());
  await putBill(url, startOf(last));
  const log = { info: () => {}, warn: console.error, error: console.error };
  const answer = await invoke(deployed, { edition, date: last, dryRun }, { url, log });
  const { subject, remarks, text } = answerSchema.parse(answer);
  if (text !== undefined) {
    console.log(text.trimEnd());
    return;
  }
  console.log(`Sent: ${subject}\nRead it at http://localhost:${ports.inbox}`);
  for (const remark of remarks) console.log(`  - ${remark}`);
}

await runCommand(program);
