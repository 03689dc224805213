"""The environment variables of the AgentPay server: the stack's output `appEnvironment` has all of them.

A test of the monitoring's repository holds both together.
"""

ENVIRONMENT = "ENVIRONMENT"
LOG_DIRECTORY = "LOG_DIRECTORY"
SENTRY_DSN = "SENTRY_DSN"
SENTRY_ENVIRONMENT = "SENTRY_ENVIRONMENT"
SENTRY_TRACES_SAMPLE_RATE = "SENTRY_TRACES_SAMPLE_RATE"
SENTRY_PROFILES_SAMPLE_RATE = "SENTRY_PROFILES_SAMPLE_RATE"
