/** Dashboard variables in PromQL: Grafana puts values in their place, checks put stand-ins. */

const variableStandIns: Readonly<Record<string, string>> = {
  __rate_interval: "5m",
  __interval: "1m",
  __range: "30d",
};

/** An expression as Prometheus gets it: Grafana's intervals as durations, any other variable as "everything". */
export function replaceVariables(expression: string): string {
  // `$1` is no variable, but a part of what `label_replace` matched.
  return expression.replaceAll(
    /\$(?:\{(\w+)(?::\w+)?\}|([a-zA-Z_]\w*))/g,
    (_, braced: string, bare: string) => {
      return variableStandIns[braced ?? bare] ?? ANYTHING;
    },
  );
}

/** A pattern that matches every value of a label. */
export const ANYTHING = ".*";
