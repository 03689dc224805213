/**
 * What Amazon's engine takes of a workspace's rules and Alertmanager definition, unless more was asked for. Service Quotas
 * has none on the number of namespaces, of which older documents allowed ten.
 * @see https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html
 */
export const engineQuotas = {
  rules: 2000,
  /** Of one file of rules, and of the definition. */
  fileBytes: 1_000_000,
  /** The shortest interval of a rule group. */
  evaluationIntervalSeconds: 30,
  /** Of the definition: nodes of the routing tree, the root included. */
  routes: 100,
  inhibitions: 100,
  templates: 100,
} as const;
