/** Compares what we rely on with what the vendors publish today. What can't be asked is told, and is never "clean". */
import { z } from "zod";
import { messageOf } from "../../toolkit/error-message.ts";
import { type Ask, answerOf, type Finding, type Question, type Reliance } from "./reliance.ts";
import { reliances } from "./reliances.ts";
import { askAction } from "./sources/action.ts";
import { askEndOfLife } from "./sources/end-of-life.ts";
import {
  GENAI_PRICES,
  genaiPricesList,
  LITELLM,
  litellmList,
  type PriceList,
  priceDifferences,
} from "./sources/prices.ts";
import { askRegistry } from "./sources/registry.ts";
import { askSchema } from "./sources/schema.ts";

export const resultSchema = z.object({
  status: z.enum(["clean", "moved", "incomplete"]),
  /** `YYYY-MM-DD`. */
  day: z.string(),
  findings: z.array(z.object({ what: z.string(), text: z.string(), file: z.string() })),
  unasked: z.array(z.object({ what: z.string(), reason: z.string() })),
});
/** "moved": something differs. "incomplete": nothing does, as far as could be asked. */
export type VendorsResult = z.output<typeof resultSchema>;

/** How long before its end something is told: time for a release, its review, and a holiday. */
const DAYS_AHEAD = 60;
/** Sources asked at a time. */
const AT_ONCE = 4;

export async function checkVendors(
  ask: Ask,
  today: Date,
  list: readonly Reliance[] = reliances,
): Promise<VendorsResult> {
  const day = today.toISOString().slice(0, 10);
  const answers = await inTurns(questionsOf(list, onceEach(ask), day));
  const findings = [
    ...list.flatMap((reliance) => dated(reliance, day)),
    ...answers.flatMap((each) => each.findings),
  ];
  const unasked = answers.flatMap((each) => each.unasked);
  const status = findings.length > 0 ? "moved" : unasked.length > 0 ? "incomplete" : "clean";
  return { status, day, findings, unasked };
}

function questionsOf(list: readonly Reliance[], ask: Ask, day: string): Asked[] {
  return [
    ...list.flatMap((reliance) =>
      reliance.ask
        ? [{ what: nameOf(reliance), run: () => answer(reliance, reliance.ask as Question, ask) }]
        : [],
    ),
    prices("litellm", LITELLM, litellmList, ask, day),
    prices("genai-prices", GENAI_PRICES, genaiPricesList, ask, day),
  ];
}

/** Several entries are about one document, and some documents are large. */
function onceEach(ask: Ask): Ask {
  const answers = new Map<string, Promise<Response>>();
  return async (url, init) => {
    const answer = answers.get(url) ?? ask(url, init);
    answers.set(url, answer);
    return (await answer).clone();
  };
}

/** An API is named by the file that calls it: its operations are many. */
const nameOf = ({ vendor, kind, what, file }: Reliance) =>
  `${vendor}: ${kind === "API" ? `the API that ${file} calls` : what}`;

/** What ends soon, or has: known without asking anybody. */
function dated(reliance: Reliance, day: string): Finding[] {
  const { kind, ends, file } = reliance;
  if (!ends) return [];
  // A model that has retired stays in the price list, for the reports of the past.
  if (kind === "model" && ends.on < day) return [];
  const days = Math.round((Date.parse(ends.on) - Date.parse(day)) / 86_400_000);
  if (days > DAYS_AHEAD) return [];
  const text = days < 0 ? `${ends.how} since ${ends.on}` : `${ends.how} on ${ends.on}, in ${days} days`;
  return [{ what: nameOf(reliance), file, text }];
}

interface Asked {
  readonly what: string;
  readonly run: () => Promise<Finding[]>;
}

function answer(reliance: Reliance, question: Question, ask: Ask): Promise<Finding[]> {
  switch (question.of) {
    case "endoflife.date":
      return askEndOfLife({ ...reliance, what: nameOf(reliance) }, question, ask);
    case "registry":
      return askRegistry({ ...reliance, what: nameOf(reliance) }, question, ask);
    case "schema":
      return askSchema(reliance, question, ask);
    case "action":
      return askAction({ ...reliance, what: nameOf(reliance) }, question, ask);
  }
}

function prices(
  name: string,
  url: string,
  read: (answer: unknown) => PriceList,
  ask: Ask,
  day: string,
): Asked {
  const run = async () => priceDifferences(name, read(await (await answerOf(ask, url)).json()), day);
  return { what: `prices of ${name}`, run };
}

async function inTurns(questions: readonly Asked[]) {
  const waiting = [...questions];
  const answers: { findings: Finding[]; unasked: VendorsResult["unasked"] }[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { what, run } = next;
      answers.push(
        await run().then(
          (findings) => ({ findings, unasked: [] }),
          (error: unknown) => ({ findings: [], unasked: [{ what, reason: reasonOf(error) }] }),
        ),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}

/** The first line of it: what a schema library says of an answer of another form is a page. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return "gave an answer of another form than expected";
  return messageOf(error).split("\n")[0] ?? "";
}
