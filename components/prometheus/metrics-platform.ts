import { Network } from "@pulumi/docker/network.js";
import * as pulumi from "@pulumi/pulumi";
import { publishedUrl } from "../../settings/addresses.ts";
import { type AlertmanagerArgs, alertmanagerServers } from "./servers/alertmanager.ts";
import { blackboxServer } from "./servers/blackbox.ts";
import { type GrafanaArgs, grafanaServer } from "./servers/grafana.ts";
import { Ground, type GroundArgs } from "./servers/ground.ts";
import { type PrometheusArgs, prometheusServers } from "./servers/prometheus.ts";

export interface MetricsPlatformArgs extends GroundArgs, PrometheusArgs, AlertmanagerArgs, GrafanaArgs {
  /** Host ports: of Prometheus and Alertmanager one for each replica. */
  ports: {
    prometheus: readonly [number, ...number[]];
    /** None: the engine of the rules has its own. */
    alertmanager: readonly number[];
    blackbox: number;
    grafana: number;
  };
  /** Configuration of the blackbox exporter; undefined where the stack has none. */
  blackboxConfiguration: string | undefined;
  /** Address at which Grafana's API is reached once it runs. */
  grafanaApiUrl: string;
  /** Whether samples, silences and Grafana's database are guarded against deletion. */
  protectData: boolean;
}

/**
 * Prometheus, Alertmanager, Grafana and the blackbox exporter in containers on one network, each with its data on a volume of its own.
 *
 * All run on read-only roots, with their files on volumes. Prometheus's configuration is a *revision*: a container, never started, that puts the
 * files on a volume and is named by their content. A changed threshold makes a new revision and removes the old
 * one; Prometheus sees the new files and reloads, with no restart and no missed scrape.
 *
 * Replicas of Prometheus read the same files and scrape the same targets. Each tells its alerts to every replica of
 * Alertmanager; these gossip about whom they told, so that a page is sent once.
 */
export class MetricsPlatform extends pulumi.ComponentResource {
  readonly prometheusUrl: string;
  /** Undefined where the engine of the rules has an Alertmanager of its own. */
  readonly alertmanagerUrl: string | undefined;
  /** Address of Grafana's API; known once Grafana is healthy. */
  readonly grafanaApiUrl: pulumi.Output<string>;

  constructor(name: string, args: MetricsPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:MetricsPlatform", name, {}, opts);
    const network = new Network(
      `${name}-network`,
      { name: `${args.namePrefix}-monitoring` },
      { parent: this },
    );
    const ground = new Ground(name, this, network, args);
    const { ports, blackboxConfiguration } = args;
    prometheusServers(ground, args, ports.prometheus);
    alertmanagerServers(ground, args, ports.alertmanager);
    if (blackboxConfiguration !== undefined) blackboxServer(ground, blackboxConfiguration, ports.blackbox);
    const grafana = grafanaServer(ground, args, ports.grafana);

    const localUrl = (port: number) => publishedUrl(args.bindAddress, port);
    this.prometheusUrl = localUrl(args.ports.prometheus[0]);
    const [alertmanagerPort] = args.ports.alertmanager;
    this.alertmanagerUrl = alertmanagerPort === undefined ? undefined : localUrl(alertmanagerPort);
    this.grafanaApiUrl = grafana.id.apply(() => args.grafanaApiUrl);
    this.registerOutputs({
      prometheusUrl: this.prometheusUrl,
      alertmanagerUrl: this.alertmanagerUrl,
      grafanaApiUrl: this.grafanaApiUrl,
    });
  }
}
