import { describe, expect, it } from "vitest";
import {
  hostTable,
  withItself,
  withLocalAddresses,
} from "../../../../../local/platforms/docker/provider/process/addresses.ts";

const table = withItself(
  hostTable([
    { names: ["agentpay-prometheus", "prometheus"], ports: [{ internal: 9090, external: 19_090 }] },
    { names: ["alertmanager"], ports: [{ internal: 9093 }] },
  ]),
  9090,
  "127.0.0.1:19090",
);

describe("container addresses", () => {
  it.each([
    ["an alias with a published port", "http://prometheus:9090/api", "http://127.0.0.1:19090/api"],
    ["a container's name", "agentpay-prometheus:9090", "127.0.0.1:19090"],
    ["a port that is not published", "- alertmanager:9093", "- 127.0.0.1:9093"],
    ["another port of a known container", "alertmanager:9094", "127.0.0.1:9094"],
    ["this machine", "host.docker.internal:8000", "127.0.0.1:8000"],
    ["the container itself", "localhost:9090 127.0.0.1:9090", "127.0.0.1:19090 127.0.0.1:19090"],
  ])("%s", (_what, text, expected) => {
    expect(withLocalAddresses(text, table)).toBe(expected);
  });

  it.each([
    ["a name without a port", "job_name: prometheus"],
    ["a longer name", "my-prometheus:9090 prometheus.example.com:9090"],
    ["an address with another host", "grafana.example.com:3000"],
    ["another port on localhost", "http://localhost:3001"],
  ])("leaves %s", (_what, text) => {
    expect(withLocalAddresses(text, table)).toBe(text);
  });
});
