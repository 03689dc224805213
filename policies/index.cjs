// Where Pulumi's own language host begins: it requires the pack, and knows no TypeScript.
require("tsx/cjs");
require("./index.ts");
