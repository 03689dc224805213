import type { GroupCases } from "../rule-case.ts";
import { activityCases } from "./activities.ts";
import { agentCases } from "./agent.ts";
import { apiCases } from "./api.ts";
import { businessCases } from "./business.ts";
import { costCases } from "./cost.ts";
import { discoveryCases } from "./discovery.ts";
import { hostCases } from "./hosts.ts";
import { llmCases } from "./llm.ts";
import { monitoringCases } from "./monitoring.ts";
import { objectiveCases } from "./objectives.ts";
import { postgresCases } from "./postgres.ts";
import { redisCases } from "./redis.ts";
import { uptimeCases } from "./uptime.ts";
import { websocketCases } from "./websocket.ts";
import { workerCases } from "./worker.ts";

/** Cases of each alert, by group. */
export const ruleCases: Readonly<Record<string, GroupCases>> = {
  "agentpay-api": apiCases,
  "agentpay-websocket": websocketCases,
  "agentpay-llm": llmCases,
  "agentpay-agent": agentCases,
  "agentpay-cost": costCases,
  "agentpay-business": businessCases,
  "agentpay-activities": activityCases,
  "agentpay-worker": workerCases,
  "agentpay-postgres": postgresCases,
  "agentpay-redis": redisCases,
  "agentpay-hosts": hostCases,
  "agentpay-uptime": uptimeCases,
  "agentpay-monitoring": monitoringCases,
  "agentpay-discovery": discoveryCases,
  ...objectiveCases,
};
