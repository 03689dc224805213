/** endoflife.date: until when a release is kept, and its newest patch. */
import semver from "semver";
import { z } from "zod";
import { type Ask, answerOf, type Finding, type Question, type Reliance } from "../reliance.ts";

const release = z.object({
  result: z.object({
    isEol: z.boolean(),
    eolFrom: z.string().nullable(),
    latest: z.object({ name: z.string() }).nullish(),
  }),
});

export async function askEndOfLife(
  { what, file, ends }: Reliance,
  { product, release: name, used }: Extract<Question, { of: "endoflife.date" }>,
  ask: Ask,
): Promise<Finding[]> {
  const url = `https://endoflife.date/api/v1/products/${product}/releases/${name}`;
  const { result } = release.parse(await (await answerOf(ask, url)).json());
  const findings: string[] = [];
  if (result.isEol) findings.push("is kept no longer");
  if (result.eolFrom && ends && result.eolFrom !== ends.on)
    findings.push(`ends on ${result.eolFrom}, not on ${ends.on}`);
  const newest = result.latest?.name;
  if (used && newest && semver.valid(newest) && semver.gt(newest, used))
    findings.push(`${newest} is out, and ${used} is in use`);
  return findings.map((text) => ({ what, file, text }));
}
