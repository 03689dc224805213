/** `npm run status-page:screenshot`: the README's image. */
import { Command } from "commander";
import { runCommand } from "../../operations/run-command.ts";
import { Failure } from "../../toolkit/failure.ts";
import { localPorts } from "../host/ports.ts";
import { BROWSER_VARIABLE, findBrowser } from "./find.ts";
import { launchBrowser } from "./local-browser.ts";

const command = new Command("status-page:screenshot")
  .description("Take an image of the running local stack's status page, in a headless Chromium")
  .option("-o, --out <file>", "where to write, a .png", "docs/images/status-page.png")
  .addHelpText(
    "after",
    `
A browser is looked for on PATH; ${BROWSER_VARIABLE} names another. Exit codes: 0 written, 1 where the local stack does
not run, there is no browser, or the page has errors.`,
  );

async function run({ out }: { readonly out: string }): Promise<void> {
  const executable = await findBrowser();
  if (executable === undefined) {
    throw new Failure(
      `There is no Chromium or Chrome on this machine: install it, or set ${BROWSER_VARIABLE}.`,
    );
  }
  const url = `http://127.0.0.1:${localPorts().gatus}`;
  await fetch(url).catch(() => {
    throw new Failure(`Nothing answers at ${url}. Start the local stack with: make up`);
  });
  const browser = await launchBrowser(executable);
  try {
    const { page, problems } = await browser.open(url);
    if (problems.length > 0) throw new Failure(`${url}: ${problems.join("; ")}`);
    await page.setViewport({ width: 960, height: 760 });
    await page.waitForFunction(`document.body.innerText.includes("Chat connection")`);
    await page.screenshot({ path: out as `${string}.png`, fullPage: true });
    console.log(out);
  } finally {
    await browser.close();
  }
}

await runCommand(command.action(run));
