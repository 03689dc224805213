/** `npm run dashboards:screenshots`: the README's images. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { makeFolder } from "../../operations/render/write-files.ts";
import { runCommand } from "../../operations/run-command.ts";
import { Failure } from "../../toolkit/failure.ts";
import { withTemporaryFolder } from "../../toolkit/temporary-folder.ts";
import { BROWSER_VARIABLE, findBrowser } from "../browser/find.ts";
import { launchBrowser } from "../browser/local-browser.ts";
import { previewPages } from "./preview.ts";

/** Those that the README shows. */
const SHOWN = ["agentpay-metrics", "agentpay-executive", "agentpay-technical", "agentpay-llm"];

const command = new Command("dashboards:screenshots")
  .description("Draw dashboards of the running local stack as images, in a headless Chromium")
  .option("-o, --out <folder>", "where to write; made if it is missing", "docs/images")
  .option("-d, --dashboard <uid...>", "which", SHOWN)
  .option("--width <pixels>", "of the window; 1280: a laptop, 2560: a wall screen", "1280")
  .option("--height <pixels>", "of the window; the page may be longer, which is not shown", "800")
  .option("--whole", "the whole page, however long")
  .addHelpText(
    "after",
    `
A browser is looked for on PATH; ${BROWSER_VARIABLE} names another. Let the stack run for some minutes first: there is
more to see. Exit codes: 0 written, 1 where the local stack does not run, there is no browser, or a page has errors.`,
  );

interface Options {
  readonly out: string;
  readonly dashboard: readonly string[];
  readonly width: string;
  readonly height: string;
  readonly whole?: true;
}

async function run({ out, dashboard, width, height, whole }: Options): Promise<void> {
  const executable = await findBrowser();
  if (executable === undefined) {
    throw new Failure(
      `There is no Chromium or Chrome on this machine: install it, or set ${BROWSER_VARIABLE}.`,
    );
  }
  const pages = (await previewPages()).filter(({ uid }) => dashboard.includes(uid));
  const unknown = dashboard.filter((uid) => !pages.some((page) => page.uid === uid));
  if (unknown.length > 0) throw new Failure(`There is no dashboard ${unknown.join(", ")}.`);
  await withTemporaryFolder("screenshots", async (folder) => {
    const browser = await launchBrowser(executable);
    try {
      makeFolder(path.resolve(out));
      for (const { uid, html } of pages) {
        const file = path.join(folder, `${uid}.html`);
        await writeFile(file, html);
        const { page, problems } = await browser.open(pathToFileURL(file).href);
        if (problems.length > 0) throw new Failure(`${uid}: ${problems.join("; ")}`);
        await page.setViewport({ width: Number(width), height: Number(height) });
        const image = path.join(out, `${uid}.png`) as `${string}.png`;
        await page.screenshot({ path: image, fullPage: whole === true });
        console.log(image);
      }
    } finally {
      await browser.close();
    }
  });
}

await runCommand(command.action(run));
