"""A process that counts, as the tests of several processes tell it to: a line of Python at a time."""

import sys

import agentpay_observability
from agentpay_observability import metrics
from agentpay_observability.exposition import render

print("ready", flush=True)
for line in sys.stdin:
    exec(line, {"metrics": metrics, "render": render, **vars(agentpay_observability)})
    print("done", flush=True)
