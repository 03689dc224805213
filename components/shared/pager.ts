/**
 * The seam for products that page people. Each has a folder of its own, which alone knows its receiver, keys, provider
 * and API; `components/pagers/index.ts` lists them.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { PagerKey } from "../../settings/pagers/index.ts";
import type { SecretKey, Settings } from "../../settings/schema.ts";
import type { Incident, TimeRange } from "./incident.ts";
import type { Outcome } from "./outcome.ts";

/** Integrations of an Alertmanager's receiver, by the key that it has them under. */
export type Integrations = Readonly<Record<string, readonly object[]>>;

/** A product that pages. */
export interface PagerProduct {
  /** Its section of the settings, and part of the names of what is made for it, such as `pagerduty`. */
  readonly key: PagerKey;
  /** As people know it, such as `PagerDuty`. */
  readonly name: string;
  /** The key under which an Alertmanager's receiver has it, such as `pagerduty_configs`. */
  readonly integration: string;
  /** The pager that a stack's settings want; undefined where they switch it off. */
  pager(settings: Settings): Pager | undefined;
  /** How Sentry pages by itself; undefined where the settings connect it to no such product. */
  sentry(settings: Settings): SentryPager | undefined;
  /**
   * What it called people for: all incidents of the stack's service that were open at any time in the range, in order.
   * @throws where it can't be asked
   */
  incidents(context: PagerContext, range: TimeRange): Promise<readonly Incident[]>;
  /** What `npm run verify` proves: that a page would reach a person. */
  readonly checks: readonly PagerCheck[];
  /** Where these checks are. */
  readonly checksFile: string;
}

/** What a stack pages through, as its settings want it. No secret in it: the functions say where one goes. */
export interface Pager {
  readonly key: PagerKey;
  readonly name: string;
  /** Name of the file beside Alertmanager's configuration that holds what Alertmanager pages with. */
  readonly keyFile: string;
  /** How an Alertmanager of ours pages. @param keyFile path of that file */
  receiver(keyFile: string): Integrations;
  /** How Amazon's Alertmanager pages; undefined where it can't. */
  readonly managed: ManagedPager | undefined;
  /** How the uptime checkers page that tell people by themselves. */
  readonly uptime: UptimePagers;
  /** Makes it. To be called once, in a Pulumi program. */
  deploy(): Promise<DeployedPager>;
}

/** A pager that has been made, with what others reach it by. */
export interface DeployedPager extends Pager {
  /** Where people see it. */
  readonly url: pulumi.Output<string>;
  /** What Alertmanager pages with. Secret. */
  readonly alertmanagerKey: pulumi.Output<string>;
  /** Where it takes what SNS sends. Secret. */
  readonly sns: SnsEndpoint;
  /** What uptime checkers page with; undefined where none pages by itself. Secret. */
  readonly uptimeKey: pulumi.Output<string> | undefined;
}

export interface SnsEndpoint {
  /** `http` is for a service on this machine. */
  readonly protocol: "http" | "https";
  readonly endpoint: pulumi.Output<string>;
}

/** Amazon's Alertmanager reads the key from a secret of AWS Secrets Manager. */
export interface ManagedPager {
  /** What that secret holds. */
  secret<Key>(key: Key): Readonly<Record<string, Key>>;
  receiver(secretArn: string): Integrations;
}

export interface UptimePagers {
  /** The request that Gatus sends, with Gatus's own placeholders. */
  gatus(key: string, namePrefix: string): GatusRequest;
  readonly uptimeRobot: {
    /** UptimeRobot's name of the kind of integration. */
    readonly type: string;
    readonly data: object;
    secretData<Key>(key: Key): Readonly<Record<string, Key>>;
  };
  readonly betterStack: {
    /** The kind of object that pages, and the API's path to it. */
    readonly kind: string;
    readonly path: string;
    readonly attributes: object;
    secretAttributes<Key>(key: Key): Readonly<Record<string, Key>>;
    /** How a step of an escalation names such an object. */
    readonly member: string;
  };
}

/** Of Gatus's `custom` alerting provider. */
export interface GatusRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Values of a placeholder, for an alert that begins and one that ends. */
  readonly placeholders: Readonly<Record<string, { readonly TRIGGERED: string; readonly RESOLVED: string }>>;
}

/** An action of Sentry's alerts that pages, through an integration that the organization has. */
export interface SentryPager {
  /** Sentry's name of the kind of integration, and of the action. */
  readonly type: string;
  /** Name of the integration. */
  readonly integration: string;
  /** What of it is paged, as Sentry numbers it. */
  readonly target: string;
  readonly data: Readonly<Record<string, string>>;
}

/** A proof for the checklist, in its section on on-call. */
export interface PagerCheck {
  readonly id: string;
  readonly title: string;
  /** What to do where it fails, or can't be made. */
  readonly advice: string;
  /** @throws where it can't be made, which counts as failed */
  run(context: PagerContext): Promise<Outcome>;
}

export interface PagerContext {
  readonly settings: Settings;
  readonly secrets: Readonly<Partial<Record<SecretKey, string>>>;
  readonly outputs: { readonly pagerUrl?: string | undefined };
  /** Ends whatever is waited for. */
  readonly signal: AbortSignal;
}
