import { createTransport } from "nodemailer";
import { afterEach, expect, onTestFinished, test } from "vitest";
import type { Email } from "../../../local/platforms/inbox/model.ts";
import { startInbox } from "../../../local/platforms/inbox/server.ts";
import type { RunningServer } from "../../../local/platforms/shared/http-server.ts";
import { temporaryFolder } from "./support.ts";

let server: RunningServer | undefined;
afterEach(() => server?.stop());

async function start(folder = temporaryFolder(onTestFinished)): Promise<string> {
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
  const folder = temporaryFolder(onTestFinished);
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

test("takes mail without a certificate, for anybody, and shows text and html", async () => {
  const folder = temporaryFolder(onTestFinished);
  const { url, mailAddress, stop } = await startInbox({ port: 0, mailPort: 0, dataFolder: folder });
  try {
    const mail = {
      from: "alerts@agentpay.example",
      to: "oncall@agentpay.example, boss@agentpay.example",
      subject: "HighDailyCost: über 100 USD",
      text: "more than 100 USD",
      html: "<p>more than 100 USD</p>",
    };
    await createTransport(`smtp://${mailAddress}`).sendMail(mail);
    const [email] = (await (await fetch(`${url}/local/emails`)).json()) as Email[];
    expect(email).toMatchObject({
      subject: mail.subject,
      from: mail.from,
      to: ["oncall@agentpay.example", "boss@agentpay.example"],
      text: expect.stringContaining(mail.text),
      html: expect.stringContaining(mail.html),
    });
    expect(await (await fetch(url)).text()).toContain("über 100 USD");
  } finally {
    await stop();
  }
});

test("takes text messages", async () => {
  const url = await start();
  await fetch(`${url}/local/texts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ to: "+15550100123", text: "APIDown" }),
  });
  expect(await (await fetch(`${url}/local/texts`)).json()).toEqual([
    { receivedAt: "2026-11-23T12:00:00.000Z", to: "+15550100123", text: "APIDown" },
  ]);
});

test("says which port is taken", async () => {
  const { mailAddress, stop } = await startInbox({
    port: 0,
    mailPort: 0,
    dataFolder: temporaryFolder(onTestFinished),
  });
  const mailPort = Number(mailAddress.split(":")[1]);
  await expect(
    startInbox({ port: 0, mailPort, dataFolder: temporaryFolder(onTestFinished) }),
  ).rejects.toThrow(String(mailPort));
  await stop();
});
