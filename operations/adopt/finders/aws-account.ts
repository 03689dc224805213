/** The account that is looked through, and how its parts are named. */
import type { Enabled } from "../../../settings/schema.ts";
import { clientOptions } from "../../verify/aws.ts";
import { known, type Planned, type Search } from "../finder.ts";

export const account = ({ settings }: Search): string => (settings.aws as Enabled<"aws">).accountId;
export const home = ({ settings }: Search): string => (settings.aws as Enabled<"aws">).region;
export const client = (search: Search, region?: string) => clientOptions(search, region);

/** A region that the program names goes behind the id. */
export const regional = (id: string, planned: Planned): string => {
  const region = known(planned, "region");
  return region === undefined ? id : `${id}@${region}`;
};
