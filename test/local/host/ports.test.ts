import { describe, expect, it } from "vitest";
import { localPorts, PORT_OFFSET_VARIABLE, portOffset, shiftAddresses } from "../../../local/host/ports.ts";

describe("ports of the local stack", () => {
  it("are all different", () => {
    const ports = Object.values(localPorts(0));
    expect(new Set(ports).size).toBe(ports.length);
  });

  it("move together", () => {
    const [here, there] = [localPorts(0), localPorts(20_000)];
    for (const [name, port] of Object.entries(here)) expect(there).toHaveProperty(name, port + 20_000);
  });

  it("do not move by default", () => {
    expect(portOffset({})).toBe(0);
    expect(portOffset({ [PORT_OFFSET_VARIABLE]: " 300 " })).toBe(300);
  });

  it.each(["-1", "1.5", "many", "1e3", "60000"])("do not move by %s", (text) => {
    expect(() => portOffset({ [PORT_OFFSET_VARIABLE]: text })).toThrow(PORT_OFFSET_VARIABLE);
  });

  it("move in addresses of this machine, and in no others", () => {
    const text =
      "a: http://127.0.0.1:8101/x\nb: host.docker.internal:8000\nc: prometheus:9090 localhost:5433";
    expect(shiftAddresses(text, 100)).toBe(
      "a: http://127.0.0.1:8201/x\nb: host.docker.internal:8100\nc: prometheus:9090 localhost:5433",
    );
  });
});
