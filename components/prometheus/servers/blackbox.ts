/** The container of the blackbox exporter. */
import { configurationUpload, cpuLimit, healthcheck, memoryLimit, USERS } from "../../docker/containers.ts";
import { dockerHost, type Ground } from "./ground.ts";

const BLACKBOX_FOLDER = "/etc/blackbox_exporter";
const BLACKBOX_CONFIGURATION = `${BLACKBOX_FOLDER}/config.yml`;

/** @param port of the host */
export function blackboxServer(ground: Ground, configuration: string, port: number): void {
  const image = ground.image("blackbox");
  const files = ground.files("blackbox", image, BLACKBOX_FOLDER, [
    configurationUpload(BLACKBOX_CONFIGURATION, configuration),
  ]);
  ground.server(
    "blackbox",
    {
      image,
      user: USERS.nobody,
      ...memoryLimit(128),
      ...cpuLimit(0.5),
      command: [`--config.file=${BLACKBOX_CONFIGURATION}`],
      healthcheck: healthcheck("http://127.0.0.1:9115/-/healthy"),
      // On loopback whatever the others do: a prober that anybody can ask is a way into the network.
      ports: [{ internal: 9115, external: port, ip: "127.0.0.1" }],
      networksAdvanced: ground.join("blackbox"),
      hosts: dockerHost,
      volumes: [files.mount],
    },
    { files: [files.container] },
  );
}
