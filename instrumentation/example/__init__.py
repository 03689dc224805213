"""A small AgentPay that uses `agentpay_observability` as the real one would: `python -m example --help`."""
