import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { RunningServer } from "../../../local/services/http-server.ts";
import { startInbox } from "../../../local/services/inbox/server.ts";

let server: RunningServer | undefined;
afterEach(() => server?.stop());

const dataFolder = () => mkdtempSync(join(tmpdir(), "inbox-"));

async function start(folder = dataFolder()): Promise<string> {
  server = await startInbox({
    port: 0,
    mailPort: 0,
    dataFolder: folder,
    now: () => new Date("2026-11-23T12:00:00Z"),
  });
  return server.url;
}

function post(url: string, payload: unknown): Promise<Response> {
  return fetch(`${url}/services/local`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(payload),
  });
}

test("keeps what Alertmanager posts, over a restart, and shows it escaped", async () => {
  const folder = dataFolder();
  const first = await start(folder);
  const answer = await post(first, {
    channel: "#alerts",
    attachments: [{ title: "HighDailyCost: <b>", text: "101 USD", fallback: "x", color: "danger" }],
  });
  expect([answer.status, await answer.text()]).toEqual([200, "ok"]);
  await server?.stop();

  const second = await start(folder);
  expect(await (await fetch(`${second}/local/messages`)).json()).toEqual([
    {
      receivedAt: "2026-11-23T12:00:00.000Z",
      channel: "#alerts",
      title: "HighDailyCost: <b>",
      text: "101 USD",
      color: "danger",
    },
  ]);
  expect(await (await fetch(second)).text()).toContain("HighDailyCost: &lt;b&gt;");
});

test("refuses a message that would show nothing, as Slack does", async () => {
  const url = await start();
  const answer = await post(url, { channel: "#alerts" });
  expect([answer.status, await answer.text()]).toEqual([400, "no_text"]);
  expect(await (await fetch(`${url}/local/messages`)).json()).toEqual([]);
});
