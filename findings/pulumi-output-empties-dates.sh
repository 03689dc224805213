#!/usr/bin/env bash
# Whatever is not a plain object comes out of a Pulumi output empty: a Date, a URL or a Map that goes into `pulumi.output` or
# `pulumi.all` is `{}` in `apply`, while TypeScript still takes it for a Date. What asks it something fails in the middle of a
# deployment; what only turns it into text deploys "[object Object]" or `{}`. Known for a URL since 2023 (pulumi/pulumi #13561).
#
# Seen with @pulumi/pulumi 3.276.0, checked by typescript 6.0.3 --strict (npm): an output looks for outputs inside its value,
# and makes a new object of the value's own enumerable properties on the way, of whichever class the value was.
#   tsc: no error
#   pulumi.output(new Date(0)):          {}, its toISOString is undefined
#   `since ${date}` in pulumi.all(...):  since [object Object]
#   [...map.keys()] of a Map:            TypeError
#   pulumi.jsonStringify of a URL:       {"hook":{}}
#   JSON.stringify of the same:          {"hook":"https://example.com/"}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @pulumi/pulumi@3.276.0 typescript@6.0.3 @types/node@24.10.1
cat >seen.ts <<'TYPESCRIPT'
import * as pulumi from "@pulumi/pulumi";

const told = (output: pulumi.Output<string>): Promise<void> =>
  new Promise((resolve) => {
    output.apply((text) => {
      console.log(text);
      resolve();
    });
  });
const attempt = (value: () => string): string => {
  try {
    return value();
  } catch (error) {
    return error instanceof Error ? error.name : "?";
  }
};
const hook = new URL("https://example.com/");

async function main(): Promise<void> {
  await told(pulumi.output(new Date(0)).apply((date) => `date: ${JSON.stringify(date)} ${typeof date.toISOString}`));
  await told(pulumi.all({ since: new Date(0), name: "a" }).apply(({ since }) => `text: since ${since}`));
  await told(pulumi.output(new Map([["a", 1]])).apply((map) => `map: ${attempt(() => [...map.keys()].join())}`));
  await told(pulumi.jsonStringify({ hook }).apply((text) => `pulumi's JSON: ${text}`));
  console.log(`JSON: ${JSON.stringify({ hook })}`);
}
void main();
TYPESCRIPT
npx tsc --strict --skipLibCheck --target es2022 --module commonjs --moduleResolution node10 --ignoreDeprecations 6.0 --types node seen.ts
node seen.js | tee out
diff - out <<'SEEN'
date: {} undefined
text: since [object Object]
map: TypeError
pulumi's JSON: {"hook":{}}
JSON: {"hook":"https://example.com/"}
SEEN
