/** How a lab's simulated AgentPay is told what breaks. */
import type { FaultName } from "../agentpay/faults.ts";
import { askText } from "./ask.ts";
import type { Lab } from "./lab.ts";

/** A fault with its parameters; without `durationSeconds`, simulated ones, it lasts until it is stopped. */
export interface FaultRequest extends Readonly<Record<string, number | string>> {
  readonly name: FaultName;
}

/** @throws BrokenLab where the simulated AgentPay does not answer */
export async function startFault(lab: Lab, fault: FaultRequest): Promise<void> {
  await ask(lab, "", "POST", {
    headers: { "content-type": "application/json" },
    body: JSON.stringify(fault),
  });
}

/** @throws BrokenLab where the simulated AgentPay does not answer */
export async function stopFault(lab: Lab, name: FaultName): Promise<void> {
  await ask(lab, `/${name}`, "DELETE");
}

async function ask(lab: Lab, path: string, method: "POST" | "DELETE", init: RequestInit = {}): Promise<void> {
  await askText("the simulated AgentPay", `${lab.agentpay.urls.api}/faults${path}`, { method, ...init });
}
