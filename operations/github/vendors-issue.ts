/** One issue for what the vendors have moved: opened, kept up to date, closed once all is as it was written down. */
import type { VendorsResult } from "../vendors/check.ts";
import { headline, report } from "../vendors/report.ts";
import { type IssueChange, keepIssue } from "./kept-issue.ts";
import type { Repository } from "./repository.ts";

const BROKEN = "Vendors: the check is broken, and says nothing about them";

/**
 * @param result undefined where the check left none
 * @throws RequestError where GitHub refuses
 */
export function keepVendorsIssue(
  repository: Repository,
  result: VendorsResult | undefined,
): Promise<IssueChange | undefined> {
  const issue = {
    name: "vendors",
    label: "vendors",
    title: result ? headline(result) : BROKEN,
    text: result ? report(result) : `${BROKEN}.\n\nTry it by hand: \`npm run ops -- vendors check\`.`,
  };
  return keepIssue(repository, issue, result?.status !== "clean");
}
