// The blackbox exporter is built inside a copy of its module, with the module's own go.mod and go.sum (see
// operations/tools/tools.ts). Only the module itself is pinned here.
module agentpay-monitoring.local/tools/blackbox

go 1.25.0

require github.com/prometheus/blackbox_exporter v0.28.0
