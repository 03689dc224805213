/**
 * A Docker Engine for a CI machine that has none:
 *
 *     node local/platforms/docker/published/cli.ts start FOLDER   # prints DOCKER_HOST=unix://...
 *     node local/platforms/docker/published/cli.ts stop FOLDER
 */
import { messageOf } from "../../../../toolkit/error-message.ts";
import { startEngine, stopEngine } from "./debian-docker.ts";

const [command, folder] = process.argv.slice(2);

try {
  if (folder !== undefined && command === "start") console.log(`DOCKER_HOST=${await startEngine(folder)}`);
  else if (folder !== undefined && command === "stop") await stopEngine(folder);
  else throw new Error("usage: node local/platforms/docker/published/cli.ts start|stop FOLDER");
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
