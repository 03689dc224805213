/** Names of CI's jobs, and of what belongs to them: roles, policies, the boundary, environments. */

/** What names of a stack are made of. */
interface Named {
  /** What names begin with, such as `agentpay-production`. */
  readonly namePrefix: string;
}

/** What a job of CI does with a stack. */
export const ciJobs = ["preview", "deploy", "drift"] as const;
export type CiJob = (typeof ciJobs)[number];

/** The role of a job: not of the stack's prefix, which a deployment may change. */
export function ciRoleName({ namePrefix }: Named, job: CiJob): string {
  return `ci-${namePrefix}-${job}`;
}

/** A policy of what deployments change, by its number; a role takes several. */
export function ciChangesName({ namePrefix }: Named, number: number | "*"): string {
  return `ci-${namePrefix}-changes-${number}`;
}

/** GitHub's environment in which a job runs, as the workflows have it. */
export function ciEnvironment(environment: string, job: CiJob): string {
  return job === "deploy" ? environment : `${environment}-${job}`;
}

/** Not of the stack's prefix, as CI's own roles: no job can change it. */
export function boundaryName({ namePrefix }: Named): string {
  return `ci-${namePrefix}-boundary`;
}
