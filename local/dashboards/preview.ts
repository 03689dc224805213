/** The working tree's dashboards with the running local stack's data: to look at a change before it is deployed. */
import { dashboardModels } from "../../components/grafana/dashboard-files.ts";
import { dashboardOptions } from "../../components/grafana/dashboard-options.ts";
import { CLOUDWATCH_DATASOURCE_UID, POSTGRES_DATASOURCE_UID } from "../../components/grafana/panels.ts";
import type { Settings } from "../../settings/schema.ts";
import { readSettings } from "../../settings/settings-file.ts";
import { Failure } from "../../toolkit/failure.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { database } from "../agentpay/world.ts";
import { localPorts, type Ports } from "../host/ports.ts";
import { MONITORING } from "../platforms/postgres/server.ts";
import { cloudWatchAt } from "./cloudwatch.ts";
import { answer, isEmpty, type Source, type Sources } from "./data.ts";
import { viewOf } from "./model.ts";
import { dashboardPage } from "./page.ts";

export interface PreviewPage {
  readonly uid: string;
  /** Links among the pages are to `<uid>.html` beside it. */
  readonly html: string;
  /** Titles of panels without data that don't say themselves that this is well. */
  readonly empty: readonly string[];
  /** Why a query gave no answer, by panel, in words. */
  readonly problems: readonly string[];
}

/** @throws Failure where the local stack does not run */
export async function previewPages(ports: Ports = localPorts()): Promise<PreviewPage[]> {
  const settings = readSettings(REPOSITORY, "local");
  if (!settings.metrics.enabled) throw new Failure("Pulumi.local.yaml has no metrics platform to ask.");
  await mustAnswer(ports);
  const models = Object.entries(dashboardModels(dashboardOptions(settings)));
  const sources = sourcesAt(ports, settings, settings.metrics.scrapeIntervalSeconds);
  const links = models.map(([uid, { title = uid }]) => ({ title, href: `${uid}.html` }));
  const pages: PreviewPage[] = [];
  for (const [uid, model] of models) {
    const data = await answer(viewOf(model), sources);
    pages.push({
      uid,
      html: dashboardPage(data, { links, source: "local stack" }),
      empty: data.panels
        .filter((panel) => isEmpty(panel) && panel.panel.nothing === undefined)
        .map(({ panel }) => panel.title),
      problems: data.panels.flatMap(({ panel, problems }) =>
        problems.map((each) => `${panel.title}: ${each}`),
      ),
    });
  }
  return pages;
}

async function mustAnswer({ prometheus }: Ports): Promise<void> {
  const url = `http://127.0.0.1:${prometheus}`;
  const answers = await fetch(`${url}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!answers) throw new Failure(`No Prometheus answers at ${url}. Start the local stack: make up`);
}

function sourcesAt(ports: Ports, { aws }: Settings, scrapeSeconds: number): Sources {
  const postgres = { ...MONITORING, host: "127.0.0.1", port: ports.postgres, database: database.datname };
  const others: Readonly<Record<string, Source>> = {
    [POSTGRES_DATASOURCE_UID]: { type: "postgres", connection: postgres },
    ...(aws.enabled && {
      [CLOUDWATCH_DATASOURCE_UID]: {
        type: "cloudwatch",
        client: cloudWatchAt(`http://127.0.0.1:${ports.aws}`, aws.region),
      },
    }),
  };
  const prometheus: Source = {
    type: "prometheus",
    url: `http://127.0.0.1:${ports.prometheus}`,
    scrapeSeconds,
  };
  return (uid) => others[uid] ?? prometheus;
}
