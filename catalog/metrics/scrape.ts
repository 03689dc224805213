/** What Prometheus writes itself about each target and alert. */

import { HA_REPLICA } from "./labels.ts";
import { gauge, jobs, open } from "./metric.ts";

export const scrapeMetrics = {
  up: gauge("up", {
    help: "Whether the last scrape succeeded.",
    unit: "boolean",
    jobs,
    // Probes say which endpoint they are of; replicas, which of them they are, until the engine takes it off.
    labels: {
      endpoint: open("key of the endpoint in catalog/uptime.ts"),
      cluster: open("name of the stack"),
      [HA_REPLICA]: open("name of the Prometheus"),
    },
  }),
  scrapeDuration: gauge("scrape_duration_seconds", {
    help: "Time of the last scrape.",
    unit: "seconds",
    jobs,
    labels: {},
  }),
  scrapeSamples: gauge("scrape_samples_scraped", {
    help: "Samples that the target exposed.",
    jobs,
    labels: {},
  }),
  scrapeSamplesKept: gauge("scrape_samples_post_metric_relabeling", {
    help: "Samples left after relabelling.",
    jobs,
    labels: {},
  }),
  scrapeSeriesAdded: gauge("scrape_series_added", {
    help: "New series in the last scrape.",
    jobs,
    labels: {},
  }),
  alerts: gauge("ALERTS", {
    help: "1 for each pending or firing alert, with the alert's labels.",
    unit: "boolean",
    jobs: [],
    labels: { alertname: open("alert name"), alertstate: ["pending", "firing"] },
    anyLabel: true,
  }),
  alertsForState: gauge("ALERTS_FOR_STATE", {
    help: "Since when each alert has been active, with the alert's labels.",
    unit: "timestamp",
    jobs: [],
    labels: { alertname: open("alert name") },
    anyLabel: true,
  }),
};
