/** How a simulated AgentPay is told what breaks. */
import type { FaultName } from "../agentpay/faults.ts";
import { askText } from "./ask.ts";

/** A fault with its parameters; without `durationSeconds`, simulated ones, it lasts until it is stopped. */
export interface FaultRequest extends Readonly<Record<string, number | string>> {
  readonly name: FaultName;
}

/**
 * @param api address of AgentPay's API
 * @throws BrokenLab where it does not answer, or refuses the fault
 */
export async function startFault(api: string, fault: FaultRequest): Promise<void> {
  await ask(api, "", "POST", {
    headers: { "content-type": "application/json" },
    body: JSON.stringify(fault),
  });
}

/**
 * @param api address of AgentPay's API
 * @throws BrokenLab where it does not answer, or has no such fault at work
 */
export async function stopFault(api: string, name: FaultName): Promise<void> {
  await ask(api, `/${name}`, "DELETE");
}

async function ask(
  api: string,
  path: string,
  method: "POST" | "DELETE",
  init: RequestInit = {},
): Promise<void> {
  await askText("the simulated AgentPay", `${api}/faults${path}`, { method, ...init });
}
