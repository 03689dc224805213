// redis_exporter is built inside a copy of its module, with the module's own go.mod and go.sum (see
// operations/tools/tools.ts). Only the module itself is pinned here.
module agentpay-monitoring.local/tools/redis-exporter

go 1.25.0

require github.com/oliver006/redis_exporter v1.88.0
