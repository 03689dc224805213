/**
 * The texts of notifications, as Alertmanager's templates. They are read on a phone at night: the alert and what it
 * means first, links next, and no list of labels.
 */

/** Alerts of one notification that are told in full. */
const MOST_ALERTS = 5;

/** Labels that don't say which endpoint, server or model an alert is about: alerts of one name have them alike. */
const COMMON_LABELS = ["alertname", "environment", "job", "service", "severity", "team"];

/**
 * While anything fires, it is told first; what of the same group has ended is listed below. `agentpay.details` goes
 * through a YAML parser on its way to some pagers, which would make a map of `a: b`: with a first line that has no
 * colon and no mark of YAML's, a text stays a text.
 */
const TEMPLATES = `{{ define "agentpay.one" -}}
{{ .Labels.alertname }}: {{ .Annotations.summary }}
{{- with (.Labels.Remove (stringSlice ${COMMON_LABELS.map((label) => `"${label}"`).join(" ")})).Values }} ({{ join ", " . }}){{ end }}
{{- end }}

{{ define "agentpay.title" -}}
{{ $alerts := or .Alerts.Firing .Alerts -}}
{{ if ne .Status "firing" }}Resolved: {{ end -}}
{{ template "agentpay.one" (index $alerts 0) }}
{{- with .CommonLabels.environment }} [{{ . }}]{{ end }}
{{- if gt (len $alerts) 1 }} ({{ len $alerts }} alerts){{ end }}
{{- end }}

{{ define "agentpay.runbook" }}{{ (index (or .Alerts.Firing .Alerts) 0).Annotations.runbook_url }}{{ end }}

{{ define "agentpay.dashboard" }}{{ (index (or .Alerts.Firing .Alerts) 0).Annotations.dashboard_url }}{{ end }}

{{ define "agentpay.heading" -}}
{{ $alerts := or .Alerts.Firing .Alerts -}}
{{ len $alerts }} alert{{ if ne (len $alerts) 1 }}s{{ end }} {{ .Status }}
{{- end }}

{{ define "agentpay.more" }}{{ if gt (len .) ${MOST_ALERTS} }}
Only the first ${MOST_ALERTS} of {{ len . }} are shown here.
{{ end }}{{ end }}

{{ define "agentpay.ended" }}{{ if .Alerts.Firing }}{{ range .Alerts.Resolved }}
Ended: {{ .Labels.alertname }}, {{ .Annotations.description }}
{{ end }}{{ end }}{{ end }}

{{ define "agentpay.details" -}}
{{ $alerts := or .Alerts.Firing .Alerts -}}
{{ template "agentpay.heading" . }}
{{ range $index, $alert := $alerts }}{{ if lt $index ${MOST_ALERTS} }}
{{ template "agentpay.one" $alert }}
{{ $alert.Annotations.description }}
Since {{ $alert.StartsAt.UTC.Format "2006-01-02 15:04" }} UTC
Runbook {{ $alert.Annotations.runbook_url }}
Dashboard {{ $alert.Annotations.dashboard_url }}
{{ end }}{{ end }}
{{- template "agentpay.more" $alerts }}
{{- template "agentpay.ended" . }}
{{- end }}

{{ define "agentpay.slack.escaped" -}}
{{ . | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;" }}
{{- end }}

{{ define "agentpay.slack.links" -}}
<{{ .Annotations.runbook_url }}|Runbook> · <{{ .Annotations.dashboard_url }}|Dashboard>
{{- end }}

{{ define "agentpay.slack" -}}
{{ $alerts := or .Alerts.Firing .Alerts -}}
{{ $mixed := not .CommonLabels.alertname -}}
{{ range $index, $alert := $alerts }}{{ if lt $index ${MOST_ALERTS} }}
{{- if $mixed }}*{{ template "agentpay.one" $alert }}*
{{ end -}}
{{ template "agentpay.slack.escaped" $alert.Annotations.description }}
{{ if $mixed }}{{ template "agentpay.slack.links" $alert }}
{{ end }}{{ end }}{{ end }}
{{- template "agentpay.more" $alerts }}
{{- if not $mixed }}{{ template "agentpay.slack.links" (index $alerts 0) }}{{ end }}
{{- if .Alerts.Firing }}{{ range .Alerts.Resolved }}
Ended: {{ template "agentpay.slack.escaped" .Annotations.description }}
{{- end }}{{ end }}
{{- end }}

{{ define "agentpay.slack.color" -}}
{{ if ne .Status "firing" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}
{{- end }}

{{ define "agentpay.email" -}}
{{ $alerts := or .Alerts.Firing .Alerts -}}
<!DOCTYPE html>
<html lang="en"><head><meta name="viewport" content="width=device-width"></head>
<body style="font-family: sans-serif; font-size: 16px; line-height: 1.4; max-width: 40em">
<p>{{ template "agentpay.heading" . }}</p>
{{ range $index, $alert := $alerts }}{{ if lt $index ${MOST_ALERTS} -}}
<h1 style="font-size: 18px; margin-bottom: 0">{{ template "agentpay.one" $alert }}</h1>
<p>{{ $alert.Annotations.description }}</p>
<p><a href="{{ $alert.Annotations.runbook_url }}">Runbook</a> &middot;
<a href="{{ $alert.Annotations.dashboard_url }}">Dashboard</a><br>
<small>since {{ $alert.StartsAt.UTC.Format "2006-01-02 15:04" }} UTC</small></p>
{{ end }}{{ end -}}
<p>{{ template "agentpay.more" $alerts }}</p>
<p>{{ template "agentpay.ended" . }}</p>
</body></html>
{{- end }}

{{ define "agentpay.sms" -}}
{{ template "agentpay.title" . }} {{ template "agentpay.runbook" . }}
{{- end }}
`;

/** Alertmanager's template files, by path below its configuration folder. */
export const templateFiles: Readonly<Record<string, string>> = { "templates/agentpay.tmpl": TEMPLATES };
