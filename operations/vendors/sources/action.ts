/** An action of GitHub's at the commit that is pinned: what it runs on, which GitHub takes away some day. */
import { parse } from "yaml";
import { z } from "zod";
import { type Ask, answerOf, type Finding, type Question, type Reliance } from "../reliance.ts";

const manifest = z.object({ runs: z.object({ using: z.string() }) });

export async function askAction(
  { what, file }: Reliance,
  { action, commit, runsOn }: Extract<Question, { of: "action" }>,
  ask: Ask,
): Promise<Finding[]> {
  const [owner = "", name = "", ...folder] = action.split("/");
  const path = [owner, name, commit, ...folder, "action.yml"].join("/");
  const text = await (await answerOf(ask, `https://raw.githubusercontent.com/${path}`)).text();
  const { using } = manifest.parse(parse(text)).runs;
  return using === runsOn ? [] : [{ what, file, text: `runs on ${using}, not on ${runsOn}` }];
}
