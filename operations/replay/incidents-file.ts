/** The real incidents in the file that lapilli judges by, so that who runs it has ours. */
import { stringify } from "yaml";
import { type Happened, isReal } from "./judgement.ts";

/**
 * YAML: of each incident its id, when it began and ended (RFC 3339), and the services that it was about.
 * @see https://github.com/lapilli-project/lapilli/wiki/Getting-started
 */
export function incidentsFile({ incidents }: Happened): string {
  return stringify({
    incidents: incidents.filter(isReal).map(({ id, title, opened, ended, alerts }) => {
      const services = [...new Set(alerts.flatMap(({ service }) => service ?? []))];
      const [only, ...others] = services;
      return {
        id,
        ...(title !== "" && { title }),
        start: new Date(opened).toISOString(),
        ...(ended !== undefined && { end: new Date(ended).toISOString() }),
        ...(only !== undefined && { labels: { service: others.length > 0 ? services : only } }),
      };
    }),
  });
}
