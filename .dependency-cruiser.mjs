/**
 * The house: what each room may import. Imports go down, from one floor to those below it; docs/architecture.md has the
 * picture. `npm run lint` names the import that goes up.
 */

/** From the ground up. What is not named here may not be imported at all from outside of its room. */
const floors = [
  ["toolkit", "catalog"],
  ["settings"],
  ["policies"],
  ["components/shared"],
  ["components/docker"],
  ["components/(?:aws|cost-report|datadog|grafana|pagerduty|prometheus|sentry|uptime)"],
  ["components/pagers/"],
  ["index\\.ts", "operations"],
  ["local"],
];

const up = floors.flatMap((rooms, floor) => {
  const above = floors.slice(floor + 1).flat();
  if (above.length === 0) return [];
  return {
    name: `nothing-above-floor-${floor + 1}`,
    comment: `${rooms.join(" and ")} may not know what is built on them`,
    severity: "error",
    from: { path: `^(?:${rooms.join("|")})` },
    to: { path: `^(?:${above.join("|")})` },
  };
});

export default {
  forbidden: [
    ...up,
    {
      name: "no-circle",
      comment: "files that import each other can't be read one after the other",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "toolkit-knows-no-product",
      comment: "a part of the toolkit serves any program",
      severity: "error",
      from: { path: "^toolkit" },
      to: { path: "^catalog" },
    },
    {
      name: "catalog-is-data",
      comment: "what is watched imports nothing of the project",
      severity: "error",
      from: { path: "^catalog" },
      to: { path: "^toolkit" },
    },
    {
      name: "no-tests-in-the-program",
      comment: "tests import the program, never the other way round",
      severity: "error",
      from: { pathNot: "^test/" },
      to: { path: "^test/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    includeOnly: "^(?:index\\.ts|toolkit|catalog|settings|policies|components|operations|local|test)",
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { extensions: [".ts", ".mjs", ".cjs", ".js"] },
  },
};
