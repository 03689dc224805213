import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { startContainerGateway } from "../../../local/host/container-gateway.ts";

/** Stands for the address at which containers reach this machine: all of 127.0.0.0/8 is loopback on Linux. */
const GATEWAY = "127.0.0.77";

it.runIf(process.platform === "linux")(
  "passes what containers call on to loopback, until it is stopped",
  async () => {
    const service = createServer((request, response) => response.end(`seen ${request.url}`)).listen(
      0,
      "127.0.0.1",
    );
    await once(service, "listening");
    const { port } = service.address() as AddressInfo;
    const call = () => fetch(`http://${GATEWAY}:${port}/metrics`, { headers: { connection: "close" } });
    await expect(call()).rejects.toThrow();

    const gateway = await startContainerGateway([GATEWAY], [port]);
    expect(await (await call()).text()).toBe("seen /metrics");
    await gateway.stop();
    await expect(call()).rejects.toThrow();
    service.close();
  },
);

it("leaves out an address that is not this machine's", async () => {
  const gateway = await startContainerGateway(["192.0.2.200"], [1]);
  await gateway.stop();
});
