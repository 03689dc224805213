// Prometheus is built inside a copy of its module, with the module's own go.mod and go.sum: it embeds web
// pages that it comes without (see operations/tools/tools.ts). Only the module itself is pinned here.
module agentpay-monitoring.local/tools/prometheus

go 1.25.0

require github.com/prometheus/prometheus v0.313.5
