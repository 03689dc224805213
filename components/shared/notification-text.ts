/** The texts of notifications, by name. components/prometheus/alertmanager-templates.ts writes them. */

/** The text of that name, as a receiver's setting in Alertmanager's configuration refers to it. */
export function template(name: string): string {
  return `{{ template "agentpay.${name}" . }}`;
}
