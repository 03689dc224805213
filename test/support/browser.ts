/**
 * A headless browser for tests: `test.skipIf(noBrowser)(...)`, then `const { page, problems } = await visit(url)`.
 * Only addresses of this machine can be opened; everything else is refused and stands in `problems`.
 */
import { afterAll } from "vitest";
import { findBrowser } from "../../local/browser/find.ts";
import { type LocalBrowser, launchBrowser, type Visit } from "../../local/browser/local-browser.ts";

const executable = await findBrowser();

/** Why tests in a browser are skipped; undefined where they run. */
export const noBrowser =
  executable === undefined
    ? "no Chromium or Chrome on this machine: install it, or set AGENTPAY_BROWSER"
    : undefined;
if (noBrowser) console.warn(`skipped: ${noBrowser}`);

let browser: Promise<LocalBrowser> | undefined;

/** Opens a page in this test file's browser, which starts with the first page and ends with the file. */
export async function visit(url: string): Promise<Visit> {
  if (executable === undefined) throw new Error(noBrowser);
  browser ??= launchBrowser(executable);
  return (await browser).open(url);
}

afterAll(async () => (await browser)?.close());
