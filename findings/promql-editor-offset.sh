#!/usr/bin/env bash
# @prometheus-io/lezer-promql 0.315.0 (npm), the grammar of Prometheus' own editor, beside Prometheus' parser
# (github.com/prometheus/prometheus/promql/parser v0.313.5, Prometheus 3.13.5).
#
# `offset` and `@` belong to the selector before them: `a + b offset 5m` shifts b alone, and `(a + b) offset 5m` is an
# error. The editor's grammar gives the valid text the tree of the invalid one: an OffsetExpr around the whole sum. Whoever
# walks that tree to learn what is shifted, or puts something in a selector's place with its offset, gets another
# expression. With the shifted selector on the left, the tree is right.
#
# Seen:
#   lezer:      a + b offset 5m   OffsetExpr(BinaryExpr(...),...)
#   lezer:      a - b @ 0         StepInvariantExpr(BinaryExpr(...),...)
#   lezer:      a offset 5m + b   BinaryExpr(OffsetExpr(...),...)
#   prometheus: a + b offset 5m   *parser.BinaryExpr, offset of the right side 5m0s, of the left side 0s
#   prometheus: (a + b) offset 5m   an error: offset modifier must be preceded by an instant vector selector or ...
set -euo pipefail
folder=$(mktemp -d); trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit --ignore-scripts @prometheus-io/lezer-promql@0.315.0 @lezer/lr@1.4.12 @lezer/highlight@1.2.5
cat > trees.mjs <<'JS'
import { parser } from "@prometheus-io/lezer-promql";
for (const text of ["a + b offset 5m", "a - b @ 0", "a offset 5m + b"]) {
  console.log(`lezer: ${text}: ${parser.parse(text).toString()}`);
}
JS
cat > go.mod <<'MOD'
module findings.local/offset

go 1.25.0

require github.com/prometheus/prometheus v0.313.5
MOD
cat > main.go <<'GO'
package main

import (
	"fmt"

	"github.com/prometheus/prometheus/promql/parser"
)

func main() {
	p := parser.NewParser(parser.Options{})
	expr, err := p.ParseExpr("a + b offset 5m")
	if err != nil {
		panic(err)
	}
	sum := expr.(*parser.BinaryExpr)
	left, right := sum.LHS.(*parser.VectorSelector), sum.RHS.(*parser.VectorSelector)
	fmt.Printf("prometheus: a + b offset 5m: %T, left %s, right %s\n", expr, left.OriginalOffset, right.OriginalOffset)
	_, err = p.ParseExpr("(a + b) offset 5m")
	fmt.Printf("prometheus: (a + b) offset 5m: %v\n", err)
}
GO
node trees.mjs | tee seen
go mod tidy >/dev/null 2>&1
go run . | tee -a seen
grep -q "a + b offset 5m: PromQL(OffsetExpr(BinaryExpr(" seen
grep -q "a - b @ 0: PromQL(StepInvariantExpr(BinaryExpr(" seen
grep -q "a offset 5m + b: PromQL(BinaryExpr(OffsetExpr(" seen
grep -q "BinaryExpr, left 0s, right 5m0s" seen
grep -q "(a + b) offset 5m: .*offset modifier must be preceded" seen
