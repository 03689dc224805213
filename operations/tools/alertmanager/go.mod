// Alertmanager is built inside a copy of its module, with the module's own go.mod and go.sum: it embeds web
// pages that it comes without (see operations/tools/tools.ts). Only the module itself is pinned here.
module agentpay-monitoring.local/tools/alertmanager

go 1.26.0

require github.com/prometheus/alertmanager v0.35.0
