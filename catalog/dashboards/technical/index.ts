/** The dashboard of the servers, row by row: requests, what they wait for, the chat, the worker, saturation, the hosts. */
import type { Dashboard } from "../dashboard.ts";
import { chatPanels } from "./chat.ts";
import { dependencyPanels } from "./dependencies.ts";
import { hostPanels } from "./hosts.ts";
import { requestPanels } from "./requests.ts";
import { saturationPanels } from "./saturation.ts";
import { workerPanels } from "./worker.ts";

/** What the alerts of the API, its WebSockets, the conversations on it and the worker watch. */
export const technical = {
  uid: "agentpay-technical",
  title: "AgentPay / Technical",
  description: "Are the servers up, do conversations happen on them, and does the worker keep pace?",
  folder: "agentpay-platform",
  range: "6h",
  panels: {
    ...requestPanels,
    ...dependencyPanels,
    ...chatPanels,
    ...workerPanels,
    ...saturationPanels,
    ...hostPanels,
  },
} as const satisfies Dashboard;
