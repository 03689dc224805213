import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it } from "vitest";
import { checkPorts } from "../../../local/cli/busy-ports.ts";
import { localPorts } from "../../../local/host/ports.ts";

it("names every busy port at once: who wants it, and who has it", async () => {
  const servers = [createServer().listen(0, "127.0.0.1"), createServer().listen(0, "127.0.0.1")];
  await Promise.all(servers.map((server) => once(server, "listening")));
  const [grafana = 0, sentry = 0] = servers.map((server) => (server.address() as AddressInfo).port);
  const ports = { ...localPorts(0), grafana, sentry };
  const error = await checkPorts(ports, ["grafana", "sentry"]).catch((caught: Error) => caught);
  for (const server of servers) server.close();
  expect(error).toHaveProperty("name", "Failure");
  const { message } = error as Error;
  expect(message).toContain(`${grafana}  wanted by Grafana, used by process ${process.pid}`);
  expect(message).toContain(`${sentry}  wanted by simulated Sentry, used by process ${process.pid}`);
  expect(message).toContain("AGENTPAY_LOCAL_PORT_OFFSET=");
});

it("is silent where all are free", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await expect(checkPorts({ ...localPorts(0), grafana: port }, ["grafana"])).resolves.toBeUndefined();
});
