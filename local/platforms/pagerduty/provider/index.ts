import { z } from "zod";
import { pagerDutyPlugin } from "../../../../catalog/provider-plugins.ts";
import type { StandInPackage } from "../../../host/resource.ts";
import { pagerDutyClient } from "./client.ts";
import { escalationPolicy } from "./escalation-policy.ts";
import { getTeam, getUser, getVendor } from "./functions.ts";
import { oneOf } from "./inputs.ts";
import { schedule } from "./schedule.ts";
import { service } from "./service.ts";
import { serviceIntegration } from "./service-integration.ts";
import { businessService, serviceDependency, team } from "./small-resources.ts";

const configuration = z.strictObject({
  token: z.string().min(1, "can't be blank"),
  userToken: z.string().optional(),
  apiUrlOverride: z.url("must be an address such as https://api.pagerduty.com").optional(),
  serviceRegion: oneOf("us", "eu").optional(),
  skipCredentialsValidation: z.boolean().default(false),
});

/** Stands in for PagerDuty's plugin as the program asks for it, over PagerDuty's REST API. */
export const pagerDutyPackage: StandInPackage<z.output<typeof configuration>> = {
  name: "pagerduty",
  version: pagerDutyPlugin,
  configuration,
  async connect(access) {
    const client = pagerDutyClient(access);
    if (!access.skipCredentialsValidation) await client.get("abilities");
    return {
      resources: {
        "pagerduty:index/businessService:BusinessService": businessService(client),
        "pagerduty:index/escalationPolicy:EscalationPolicy": escalationPolicy(client),
        "pagerduty:index/schedule:Schedule": schedule(client),
        "pagerduty:index/service:Service": service(client),
        "pagerduty:index/serviceDependency:ServiceDependency": serviceDependency(client),
        "pagerduty:index/serviceIntegration:ServiceIntegration": serviceIntegration(client),
        "pagerduty:index/team:Team": team(client),
      },
      functions: {
        "pagerduty:index/getTeam:getTeam": getTeam(client),
        "pagerduty:index/getUser:getUser": getUser(client),
        "pagerduty:index/getVendor:getVendor": getVendor(client),
      },
    };
  },
};
