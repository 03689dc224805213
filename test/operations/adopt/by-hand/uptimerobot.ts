/** Section 5 of the guide: three monitors, and somebody who is told. */
import { type Accounts, send } from "./accounts.ts";

interface Object {
  readonly id: number;
}

export interface UptimeRobotByHand {
  readonly api: number;
  readonly port: number;
  readonly widget: number;
}

/** Named as it came to mind; the API is asked every half hour only. */
export async function uptimeRobotByHand(accounts: Accounts): Promise<UptimeRobotByHand> {
  const { agentpayEdge: port } = accounts.ports();
  const make = async (body: object) =>
    (await send<Object>(accounts, "uptimerobot", "/v3/monitors", { interval: 1800, ...body })).id;
  const site = `https://localhost:${port}`;
  return {
    api: await make({ type: "HTTP", friendlyName: "api (prod?)", url: `${site}/healthz` }),
    port: await make({ type: "PORT", friendlyName: "WebSocket", url: "localhost", port }),
    widget: await make({
      ...{ type: "HTTP", friendlyName: "Widget CDN", url: `${site}/widget/v1/agentpay-chat.js` },
    }),
  };
}
