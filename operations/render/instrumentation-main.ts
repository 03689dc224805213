/** `npm run contract`: writes the Python package's generated files anew. */
import { writeFileSync } from "node:fs";
import { instrumentationFiles } from "../../components/prometheus/instrumentation.ts";

const folder = new URL("../../instrumentation/src/agentpay_observability/", import.meta.url);
for (const [name, content] of Object.entries(instrumentationFiles())) {
  writeFileSync(new URL(name, folder), content);
  console.log(`wrote ${name}`);
}
