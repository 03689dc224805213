import { expect, test } from "vitest";
import { localPorts } from "../../local/host/ports.ts";
import { portOffsets, STAGING_PORTS_FURTHER } from "./port-offsets.ts";

/** The first of those that the system gives to whoever asks for any. */
const FIRST_EPHEMERAL_PORT = 32_768;

test("no two stacks of the tests have a port in common, and none has one that the system gives away", () => {
  const offsets = [...Object.values(portOffsets), portOffsets.workflows + STAGING_PORTS_FURTHER];
  const ports = offsets.flatMap((offset) => Object.values(localPorts(offset)));
  expect(ports.filter((port, index) => ports.indexOf(port) !== index)).toEqual([]);
  expect(Math.max(...ports)).toBeLessThan(FIRST_EPHEMERAL_PORT);
});
