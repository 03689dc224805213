/** What a CloudFormation stack has made, the CDK's and Serverless's too. AWS's provider hides the tags that say so. */
import {
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { GLOBAL_REGION } from "../../catalog/topics.ts";
import { clientOptions } from "../verify/aws.ts";
import type { Search } from "./finder.ts";

const STACK = "aws:cloudformation:stack-name";

/** Names of the stacks, by the ARN of what they have made. @throws where AWS can't be asked */
export async function cloudFormationStacks(search: Search): Promise<ReadonlyMap<string, string>> {
  const { aws } = search.settings;
  const stacks = new Map<string, string>();
  if (!aws.enabled) return stacks;
  for (const region of new Set([aws.region, GLOBAL_REGION])) {
    const client = new ResourceGroupsTaggingAPIClient(clientOptions(search, region));
    const pages = paginateGetResources({ client }, { TagFilters: [{ Key: STACK }] });
    for await (const { ResourceTagMappingList = [] } of pages) {
      for (const { ResourceARN, Tags = [] } of ResourceTagMappingList) {
        const name = Tags.find(({ Key }) => Key === STACK)?.Value;
        if (ResourceARN !== undefined && name !== undefined) stacks.set(ResourceARN, name);
      }
    }
  }
  return stacks;
}
