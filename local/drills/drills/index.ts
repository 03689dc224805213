/** Every drill: what is broken on purpose, and what has to ring then. Data only. */

import { agentDrills } from "./agent.ts";
import { apiDrills } from "./api.ts";
import { businessDrills } from "./business.ts";
import type { Drill } from "./drill.ts";
import { llmDrills } from "./llm.ts";
import { monitoringDrills } from "./monitoring.ts";
import { postgresDrills } from "./postgres.ts";
import { redisDrills } from "./redis.ts";
import { uptimeDrills } from "./uptime.ts";
import { websocketDrills } from "./websocket.ts";
import { workerDrills } from "./worker.ts";

export const drills: readonly Drill[] = [
  ...apiDrills,
  ...websocketDrills,
  ...businessDrills,
  ...llmDrills,
  ...agentDrills,
  ...workerDrills,
  ...postgresDrills,
  ...redisDrills,
  ...uptimeDrills,
  ...monitoringDrills,
];
