// As many rules as kubernetes-mixin has (136), in its manner: a configuration, a list for each component, texts made by
// `%` from the configuration, and runbook links added to every alert by a function over all groups.
local config = {
  runbookURLPattern: 'https://runbooks.example.com/%s',
  interval: '5m',
  cluster: 'cluster',
};

local component(index) = {
  local selector = 'job="component-%d"' % index,
  name: 'component-%d' % index,
  rules: [
    {
      record: 'component_%d:requests:rate%s' % [index, config.interval],
      expr: |||
        sum by (%(cluster)s, namespace, pod) (
          rate(requests_total{%(selector)s}[%(interval)s])
        )
      ||| % (config { selector: selector }),
    },
  ] + [
    {
      alert: 'Component%d%s' % [index, rule.name],
      expr: |||
        sum by (%(cluster)s, namespace) (rate(%(metric)s{%(selector)s, code=~"5.."}[%(interval)s]))
        /
        sum by (%(cluster)s, namespace) (rate(%(metric)s{%(selector)s}[%(interval)s])) > %(threshold)g
      ||| % (config + rule { selector: selector }),
      'for': rule.duration,
      labels: { severity: rule.severity },
      annotations: {
        summary: 'Component %d: %s.' % [index, rule.name],
        description: '{{ $labels.namespace }} has {{ $value | humanizePercentage }} %s.' % rule.name,
      },
    }
    for rule in [
      { name: 'Errors', metric: 'requests_total', threshold: 0.05, duration: '10m', severity: 'critical' },
      { name: 'Slow', metric: 'latency_count', threshold: 0.1, duration: '15m', severity: 'warning' },
      { name: 'Restarts', metric: 'restarts_total', threshold: 0.01, duration: '1h', severity: 'warning' },
    ]
  ],
};

local withRunbooks(group) = group {
  rules: [
    if std.objectHas(rule, 'alert')
    then rule { annotations+: { runbook_url: config.runbookURLPattern % std.asciiLower(rule.alert) } }
    else rule
    for rule in super.rules
  ],
};

std.manifestYamlDoc({ groups: [withRunbooks(component(index)) for index in std.range(1, 34)] })
