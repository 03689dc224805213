// Cortex is built inside a copy of its module, with the module's own go.mod and go.sum (see operations/tools/tools.ts): that
// replaces modules, which only a main module may. Only the module itself is pinned here.
module agentpay-monitoring.local/tools/cortex

go 1.25.0

require github.com/cortexproject/cortex v1.21.1
