import * as pulumi from "@pulumi/pulumi";
import { SentryKey } from "@pulumiverse/sentry/sentryKey.js";
import { SentryProject } from "@pulumiverse/sentry/sentryProject.js";
import { SentryTeam } from "@pulumiverse/sentry/sentryTeam.js";
import { inboundFilters, managedFilters, ownershipRules } from "../../catalog/sentry-project.ts";
import { SentryProjectSettings } from "./project-settings.ts";

export interface ErrorTrackingArgs {
  /** Slug of an existing Sentry organization. */
  organization: string;
  /** For what the official provider has no resource. */
  objectsProvider: pulumi.ProviderResource;
  /** Of what reports here, such as `production`. */
  environment: string;
  /** Slug of the team and of the project, such as `agentpay-production`. */
  slug: string;
}

/** Sentry: the team, its Python project and the DSN with which AgentPay reports errors and traces. */
export class ErrorTracking extends pulumi.ComponentResource {
  readonly projectSlug: pulumi.Output<string>;
  /** Sentry's number of the project. */
  readonly projectId: pulumi.Output<string>;
  /** Sentry's number of the team. */
  readonly teamId: pulumi.Output<string>;
  /** Where the SDK sends events. Secret: whoever has it can send events to the project. */
  readonly dsn: pulumi.Output<string>;

  constructor(name: string, args: ErrorTrackingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:ErrorTracking", name, {}, opts);
    const { organization, slug } = args;

    const team = new SentryTeam(`${name}-team`, { organization, name: slug, slug }, { parent: this });
    const project = new SentryProject(
      `${name}-project`,
      { organization, name: slug, slug, teams: [team.slug] },
      { parent: this },
    );
    const active = inboundFilters(args.environment);
    new SentryProjectSettings(
      `${name}-settings`,
      {
        ...{ organization, project: project.slug, projectId: project.internalId },
        // Not by the project: its plugin asks a page of Sentry's documentation for it at every preview.
        platform: "python",
        filters: Object.fromEntries(managedFilters.map((id) => [id, active.includes(id)])),
        ownership: team.slug.apply(ownershipRules),
        // It would tell of the same errors a second time, and all of the project's members.
        defaultAlert: false,
      },
      { parent: this, provider: args.objectsProvider, deletedWith: project },
    );
    const key = new SentryKey(
      `${name}-key`,
      { organization, project: project.slug, name: "AgentPay server" },
      // Its public key is its id as well, which no state encrypts.
      { parent: this, additionalSecretOutputs: ["dsnPublic", "dsnCsp"] },
    );

    this.projectSlug = project.slug;
    this.projectId = project.internalId;
    this.teamId = team.internalId;
    this.dsn = pulumi.secret(key.dsnPublic);
    const { projectSlug, projectId, teamId, dsn } = this;
    this.registerOutputs({ projectSlug, projectId, teamId, dsn });
  }
}
