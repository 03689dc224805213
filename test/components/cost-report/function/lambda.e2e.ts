/** The bundle, run exactly as it is deployed; what it says is compared with a calculation of this test's own. */
import { execFile, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { DeleteIdentityCommand, SESClient } from "@aws-sdk/client-ses";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startAwsPart } from "../../../../local/platforms/aws/emulator/aws-part.ts";
import { costOf } from "../../../../local/platforms/aws/emulator/bill.ts";
import { tools } from "../../../../operations/tools/tools.ts";
import { freePort } from "../../../../toolkit/free-port.ts";
import { ensureTool } from "../../../../toolkit/toolchain/find.ts";
import { patient } from "../../../support/eventually.ts";
import { componentOf, runProgram } from "../../../support/program.ts";
import { leaks, sentinel } from "../../../support/secrets.ts";
import {
  type CallRow,
  type ConversationRow,
  finance,
  functionArn,
  sender,
  startWorld,
  type World,
} from "./world.ts";

const DAY = "2026-11-22";
const noon = (day: string) => `${day}T12:00:00Z`;

const calls: readonly CallRow[] = [
  // The month's other days, the same day last week, the day itself; its first and last moments, and those around it.
  { at: noon("2026-11-01"), model: "claude-haiku-4-5", usd: "20.0000000001" },
  { at: noon("2026-11-15"), model: "claude-haiku-4-5", usd: "8.25" },
  { at: "2026-11-21T23:59:59.999Z", model: "claude-haiku-4-5", usd: "1000" },
  { at: "2026-11-22T00:00:00Z", model: "claude-haiku-4-5", usd: "10.125" },
  { at: "2026-11-22T23:59:59.999Z", model: "claude-sonnet-4-5", usd: "2.5" },
  { at: noon(DAY), model: "a-model-without-a-price" },
  { at: "2026-11-23T00:00:00Z", model: "claude-haiku-4-5", usd: "5000" },
];
const conversations: readonly ConversationRow[] = [
  ...Array.from({ length: 9 }, (_, index) => ({ at: `2026-11-22T0${index}:30:00Z`, bought: index < 2 })),
  { at: "2026-11-23T00:00:00Z", bought: true },
];

/** AWS's services, as the emulator is told. */
const services = [
  "Amazon Elastic Compute Cloud - Compute",
  "Amazon Relational Database Service",
  "Amazon ElastiCache",
  "Amazon Elastic Load Balancing",
  "AmazonCloudWatch",
  "Amazon Simple Notification Service",
] as const;

/** By hand, in whole micro-dollars: nothing of the report's own code. */
function expected() {
  const micro = (usd: string | number) => Math.round(Number(usd) * 1e6);
  const aws = (day: string) =>
    services.reduce((sum, service) => sum + micro(costOf(service, new Date(day))), 0);
  const llm = (day: string) =>
    calls.filter(({ at }) => at.startsWith(day)).reduce((sum, { usd = "0" }) => sum + micro(usd), 0);
  const month = Array.from({ length: 22 }, (_, index) => `2026-11-${String(index + 1).padStart(2, "0")}`);
  const toDate = month.reduce((sum, day) => sum + aws(day) + llm(day), 0);
  return {
    llm: llm(DAY) / 1e6,
    aws: aws(DAY) / 1e6,
    total: (llm(DAY) + aws(DAY)) / 1e6,
    lastWeek: (llm("2026-11-15") + aws("2026-11-15")) / 1e6,
    perConversation: (llm(DAY) + aws(DAY)) / 1e6 / 9,
    toDate: toDate / 1e6,
    projected: (toDate / 1e6 / 22) * 30,
  };
}

const usd = (amount: number, digits = 2) =>
  `$${amount.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",")}`;

let world: World;
let prometheus: { url: string; stop(): void };
beforeAll(async () => {
  world = await startWorld();
  await world.fill(calls, conversations);
  prometheus = await startPrometheus(world.emulator.folder);
});
afterAll(async () => {
  prometheus?.stop();
  await world?.stop();
});

/** Counters that grow steadily on the 21st and 22nd of November, in a real Prometheus. */
async function startPrometheus(folder: string) {
  const { binaries } = await ensureTool(tools.prometheus);
  const lines = (name: string, labels: string, daily: number) => [
    `# TYPE ${name} counter`,
    ...Array.from({ length: 289 }, (_, index) => {
      const time = Date.parse("2026-11-21T00:00:00Z") / 1000 + index * 600;
      return `${name}_total{${labels}} ${1000 + (index * daily) / 144} ${time}`;
    }),
  ];
  const text = [
    ...lines("agentpay_llm_cost_usd", 'model="claude-haiku-4-5"', 14.4),
    ...lines("agentpay_llm_requests", 'model="claude-haiku-4-5",status="success"', 2880),
    ...lines("agentpay_conversations_started", 'channel="widget"', 720),
    ...lines("agentpay_checkouts", 'status="completed"', 72),
    "# EOF\n",
  ];
  const data = join(folder, "prometheus");
  const [file, configuration] = [join(folder, "past.txt"), join(folder, "prometheus.yml")];
  writeFileSync(file, text.join("\n"));
  writeFileSync(configuration, "{}\n");
  const promtool = binaries["promtool"] ?? "promtool";
  await promisify(execFile)(promtool, ["tsdb", "create-blocks-from", "openmetrics", file, data]);
  const port = await freePort();
  const server = spawn(
    binaries["prometheus"] ?? "prometheus",
    [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${data}`,
      "--storage.tsdb.retention.time=100y",
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: "ignore" },
  );
  const url = `http://127.0.0.1:${port}`;
  const ready = async () => expect((await fetch(`${url}/-/ready`)).ok).toBe(true);
  await vi.waitFor(ready, patient);
  return { url, stop: () => void server.kill() };
}

describe("a report from the database", () => {
  beforeAll(() => world.deploy(world.settings));

  test("says what was spent, to the cent, as text and as HTML", async () => {
    const sent = await world.invoke({ date: DAY });
    const data = (await (await fetch(`${world.emulator.url}/moto-api/data.json`)).json()) as {
      ses: { RawMessage: { source: string; destinations: string[]; raw_data: string }[] };
    };
    const [mail] = data.ses.RawMessage;
    expect(mail?.source).toBe(sender);
    expect(mail?.destinations).toContain(finance);
    expect(mail?.raw_data).toMatch(/^Subject: AgentPay Daily Cost Report - 2026-11-22 \(test\)/m);
    const { text = "" } = await world.invoke({ date: DAY, dryRun: true });
    const is = expected();
    const figures = [
      ["LLM Costs", usd(is.llm)],
      ["Infrastructure", usd(is.aws)],
      ["Total", usd(is.total)],
      ["Conversations", "9"],
      ["Conversions", "2 (22.2%)"],
      ["Cost/Conversation", usd(is.perConversation, 4)],
      ["Month to Date", usd(is.toDate)],
      ["Projected Monthly Cost", usd(is.projected)],
      ["Monthly Budget", "$500.00"],
      ["claude-haiku-4-5", "$10.13"],
      ["claude-sonnet-4-5", "$2.50"],
    ];
    for (const [label = "", value = ""] of figures) {
      expect(text).toMatch(new RegExp(`^  ${escaped(label)} +${escaped(value)}( |$)`, "m"));
    }
    const change = (is.total / is.lastWeek - 1) * 100;
    expect(text).toContain(
      `${change >= 0 ? "+" : ""}${change.toFixed(1)}% against same day last week (${usd(is.lastWeek)})`,
    );
    expect(text).toContain("OVER BUDGET");
    expect(sent.remarks).toEqual([
      "1 call of a-model-without-a-price has no known price, so the cost is without it.",
    ]);
  });

  test("says that there were no conversations", async () => {
    const { text = "", remarks } = await world.invoke({ date: "2026-11-15", dryRun: true });
    expect(text).toMatch(/Cost\/Conversation +none/);
    expect(remarks.join()).toContain("There were no conversations");
  });

  test("says that AWS knows nothing of the days", async () => {
    // The bill that the emulator is given does not go back as far.
    const { text = "", remarks } = await world.invoke({
      date: "2020-03-15",
      dryRun: true,
      edition: "weekly",
    });
    expect(text).toMatch(/Infrastructure +not known/);
    expect(text).toContain("Total of what is known");
    expect(remarks.join("\n")).toMatch(
      /Infrastructure cost: AWS Cost Explorer has nothing of 15 days .*; it is not known/,
    );
  });

  test("comes without the database where that refuses, and holds no password", async () => {
    const ssm = new SSMClient(world.client);
    const put = (Value: string) =>
      ssm.send(
        new PutParameterCommand({
          Name: world.settings.database.passwordParameter,
          Value,
          Type: "SecureString",
          Overwrite: true,
        }),
      );
    await put(sentinel("wrong"));
    const { text = "", remarks } = await world.invoke({ date: DAY, dryRun: true });
    await put(sentinel("database"));
    expect(remarks.join("\n")).toContain(
      "LLM cost is not known: the database: password authentication failed",
    );
    expect(text).toMatch(/LLM Costs +not known/);
    expect(text).toMatch(/Cost\/Conversation +not known/);
    expect(leaks([text, remarks, world.written])).toBe(false);
  });

  test("says that no budget is set", async () => {
    await world.deploy({ ...world.settings, monthlyBudgetUsd: 0 });
    const { text = "", remarks } = await world.invoke({ date: DAY, dryRun: true });
    expect(text).toMatch(/Monthly Budget +not set/);
    expect(remarks.join()).toContain("No budget is set");
  });

  test("refuses a day that is none", async () => {
    await expect(world.invoke({ date: "2026-02-30" })).rejects.toThrow("is no day");
  });
});

describe("a report from Prometheus", () => {
  const withPrometheus = (prometheusUrl: string) => {
    const { database: _, ...others } = world.settings;
    return { ...others, prometheusUrl };
  };

  test("says what the counters grew by, and of which days nothing is known", async () => {
    await world.deploy(withPrometheus(prometheus.url));
    const { text = "", remarks } = await world.invoke({ date: DAY, dryRun: true });
    expect(text).toMatch(/LLM Costs +\$14\.40 /);
    expect(text).toMatch(/claude-haiku-4-5 +\$14\.40 +2880 calls/);
    expect(text).toMatch(/Conversations +720\n/);
    expect(text).toMatch(/Conversions +72 \(10\.0%\)/);
    expect(remarks.join()).toContain(
      "LLM cost: Prometheus has nothing of 20 days from 2026-11-01 to 2026-11-20",
    );
  });

  test("does not take a day that Prometheus never saw for a day without costs", async () => {
    const { text = "", remarks } = await world.invoke({ date: "2026-11-19", dryRun: true });
    expect(text).toMatch(/LLM Costs +not known/);
    expect(text).toMatch(/Conversations +not known/);
    expect(remarks.join()).toMatch(/Prometheus has nothing of .*; it is not known/);
  });

  test("comes without Prometheus where that is down", async () => {
    await world.deploy(withPrometheus(`http://127.0.0.1:${await freePort()}`));
    const { remarks } = await world.invoke({ date: DAY, dryRun: true });
    expect(remarks.join()).toMatch(/LLM cost is not known: Prometheus: .*ECONNREFUSED/);
  });
});

describe("schedule, mailbox, failures and alarms", () => {
  /** Ahead of the world's clock, so that nobody has to wait for minutes and days. */
  let ahead = 0;
  const clock = () => Date.now() + ahead;
  const warnings: string[] = [];
  const undo: (() => Promise<void>)[] = [];
  let daily: Awaited<ReturnType<World["aws"]["create"]>>;

  beforeAll(async () => {
    await world.deploy(world.settings);
    const topic = await world.aws.create("sns/topic:Topic", "topic", { name: "warning" });
    await world.aws.create("sns/topicSubscription:TopicSubscription", "email", {
      topic: topic.id,
      protocol: "email",
      endpoint: "oncall@agentpay.example",
    });
    // The conditions are the program's own.
    const report = componentOf(await runProgram("local"), "DailyCostReport");
    for (const name of ["missing", "failed"]) {
      const { alarmActions: _a, okActions: _o, ...condition } = report.inputs(`cost-report-${name}-alarm`);
      const dimensions =
        name === "missing" ? { Environment: "test", Edition: "daily" } : { QueueName: "failures" };
      await world.aws.create("cloudwatch/metricAlarm:MetricAlarm", name, {
        ...condition,
        dimensions,
        alarmActions: [topic.id],
      });
    }
    daily = await world.aws.create("scheduler/schedule:Schedule", "daily", {
      name: "daily",
      scheduleExpression: "cron(* * * * ? *)",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: functionArn,
        roleArn: "arn:aws:iam::123456789012:role/cost-report",
        input: JSON.stringify({ edition: "daily", scheduledAt: "<aws.scheduler.scheduled-time>" }),
      },
    });
    // Just before a minute begins.
    ahead = 60_000 - (Date.now() % 60_000) - 500;
    const part = startAwsPart({
      url: world.emulator.url,
      inbox: world.inbox,
      store: world.store,
      now: clock,
      interval: 50,
      log: { info: () => {}, warn: (text) => warnings.push(text), error: (text) => warnings.push(text) },
    });
    undo.push(() => part.stop());
  });
  afterAll(async () => {
    for (const step of undo.toReversed()) await step();
  });

  /** @param step milliseconds by which the clock goes on between two looks into the mailbox */
  const emailTo = (to: string, subject: RegExp, step = 0) =>
    vi.waitUntil(
      async () => {
        ahead += step;
        return (await world.emails()).find((email) => email.to.includes(to) && subject.test(email.subject));
      },
      { ...patient, interval: step > 0 ? 500 : 50 },
    );

  test("what is due is in the mailbox, as text and HTML, and says what a run by hand says", async () => {
    const yesterday = new Date(clock() + 1000 - 86_400_000).toISOString().slice(0, 10);
    const email = await emailTo(finance, new RegExp(`Daily Cost Report - ${yesterday}`));
    expect(email).toMatchObject({ from: sender, to: [finance] });
    const { text = "" } = await world.invoke({ date: yesterday, dryRun: true });
    expect(email?.text.trim()).toBe(text.trim());
    expect(email?.html).toContain("<table");
    const figures = [...text.matchAll(/\$[\d,.]+\d/g)].map(([figure]) => figure);
    expect(figures.filter((figure) => !email?.html.includes(figure))).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test("a report that fails for good is kept with its error, and its alarm reaches people", async () => {
    const { client } = world;
    await new SESClient(client).send(new DeleteIdentityCommand({ Identity: sender }));
    ahead += 60_000;
    const sqs = new SQSClient(client);
    const QueueUrl = `${world.emulator.url}/123456789012/failures`;
    const body = await vi.waitUntil(
      async () =>
        (await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }))).Messages?.[0]?.Body,
      patient,
    );
    expect(JSON.parse(String(body))).toMatchObject({
      requestContext: {
        functionArn: `${functionArn}:$LATEST`,
        condition: "RetriesExhausted",
        approximateInvokeCount: 3,
      },
      requestPayload: { edition: "daily", scheduledAt: expect.stringMatching(/^\d{4}-.*Z$/) },
      responsePayload: { errorMessage: expect.stringContaining("reports@agentpay.example") },
    });
    expect(leaks([body, warnings])).toBe(false);
    await world.aws.delete("scheduler/schedule:Schedule", daily);
    // The queue is counted each minute, and the alarm looks at whole periods.
    const email = await emailTo(
      "oncall@agentpay.example",
      /ALARM: "agentpay-local-cost-report-failed"/,
      60_000,
    );
    expect(email?.text).toContain("CostReportFailed.md");
  });

  test("a day without a report rings", async () => {
    ahead += 27 * 3_600_000;
    expect(
      (await emailTo("oncall@agentpay.example", /ALARM: "agentpay-local-cost-report-missing"/))?.text,
    ).toContain("CostReportMissing.md");
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
