# The commands of a fresh clone. Everything else is in package.json and README.md.
.DEFAULT_GOAL := help
.PHONY: help up down status drill test lint typecheck

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: node_modules/.installed ## the whole platform on this machine, from nothing or from what is there (APP=example: with the sample server; PROVIDERS=official: with the official provider plugins; ENGINE=cortex: with a real Cortex in the place of Amazon's Prometheus)
	@$(if $(APP),AGENTPAY_LOCAL_APP="$(APP)") $(if $(ENGINE),AGENTPAY_LOCAL_ENGINE="$(ENGINE)") $(if $(PROVIDERS),AGENTPAY_LOCAL_PROVIDERS="$(PROVIDERS)") npm run -s local -- up

down: node_modules/.installed ## remove all of it
	@npm run -s local -- down

status: node_modules/.installed ## what runs
	@npm run -s local -- status

drill: node_modules/.installed ## break what the alerts watch, and see them ring (one: make drill ALERT=APIDown; the platform itself: make drill FAULTS=platform)
	@npm run -s drill -- $(if $(ALERT),--alert "$(ALERT)") $(if $(FAULTS),--faults "$(FAULTS)")

test: node_modules/.installed ## every check: types, style, prose, the fast tests, those of the Python package, then those on the real engine and servers
	npm run -s typecheck
	npm run -s lint
	npm run -s lint:prose
	npm test
	npm run -s test:python -- -m "servers or not servers"
	npm run -s test:python -- --lowest
	npm run test:e2e

lint: node_modules/.installed ## style, format and prose
	npm run -s lint
	npm run -s lint:prose

typecheck: node_modules/.installed ## types
	npm run -s typecheck

node_modules/.installed: package-lock.json
	npm ci --no-fund --no-audit
	@npm run -s check-node
	@touch $@
