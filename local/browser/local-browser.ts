/** A headless browser that reaches this machine only, and tells what went wrong on a page. */
import { type HTTPRequest, launch, type Page } from "puppeteer-core";

/** Wide enough for a dashboard on a laptop, in CSS pixels. */
const VIEWPORT = { width: 1440, height: 900 };
const TIMEOUT_MILLISECONDS = 30_000;
/** Nothing fetched for this long: the page is complete. */
const IDLE_MILLISECONDS = 100;

const ARGUMENTS = [
  // Names that are not this machine's don't even resolve, whoever asks: pages, workers, the browser itself.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--hide-scrollbars",
  "--force-color-profile=srgb",
];

export interface Visit {
  readonly page: Page;
  /** What went wrong so far: console errors, exceptions, requests that failed or would have left this machine. */
  readonly problems: readonly string[];
}

export interface LocalBrowser {
  /** A page at this address, once its `load` event came and nothing is being fetched. */
  open(url: string): Promise<Visit>;
  close(): Promise<void>;
}

/** @throws where it does not start */
export async function launchBrowser(executablePath: string): Promise<LocalBrowser> {
  const browser = await launch({
    executablePath,
    defaultViewport: VIEWPORT,
    // Chromium's sandbox does not start for root.
    args: process.getuid?.() === 0 ? [...ARGUMENTS, "--no-sandbox"] : ARGUMENTS,
  });
  return {
    async open(url) {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.setDefaultTimeout(TIMEOUT_MILLISECONDS);
      await page.setRequestInterception(true);
      page.on("request", (request) => {
        decide(request, problems).catch((error: unknown) => problems.push(String(error)));
      });
      page.on("requestfailed", (request) => {
        problems.push(`${request.url()} failed: ${request.failure()?.errorText ?? "unknown"}`);
      });
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") problems.push(`console: ${message.text()}`);
      });
      await page.goto(url);
      await page.waitForNetworkIdle({ idleTime: IDLE_MILLISECONDS });
      return { page, problems };
    },
    close: () => browser.close(),
  };
}

async function decide(request: HTTPRequest, problems: string[]): Promise<void> {
  if (isLocal(request.url())) return request.continue();
  problems.push(`${request.url()} is not on this machine`);
  return request.abort("accessdenied");
}

/** Whether an address stays on this machine. */
export function isLocal(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  if (["data:", "blob:", "about:", "file:"].includes(protocol)) return true;
  return ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}
