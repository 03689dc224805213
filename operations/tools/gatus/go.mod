// Gatus is built inside a copy of its module, with the module's own go.mod and go.sum: it gets a file that prints its
// version (see operations/tools/tools.ts). Only the module itself is pinned here.
module agentpay-monitoring.local/tools/gatus

go 1.26.3

require github.com/TwiN/gatus/v5 v5.36.0
