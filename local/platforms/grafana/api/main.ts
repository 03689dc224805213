/** Stands in for Grafana on a machine without a container engine: `node local/platforms/grafana/api/main.ts`. */
import { messageOf } from "../../../../toolkit/error-message.ts";
import { startGrafana } from "./server.ts";
import { readSettings } from "./settings.ts";

try {
  const { url, stop } = await startGrafana(readSettings(process.env));
  console.log(`Grafana (stand-in) listens on ${url}`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  }
} catch (error) {
  console.error(`Grafana (stand-in) can't start: ${messageOf(error)}`);
  process.exitCode = 1;
}
