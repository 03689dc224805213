import Docker from "dockerode";

const TIMEOUT_MILLISECONDS = 2000;

/**
 * The addresses at which containers reach this machine as `host.docker.internal`; none where no Docker Engine
 * answers. A process that listens on loopback alone is out of their reach.
 */
export async function containerGateways(): Promise<string[]> {
  try {
    const docker = new Docker({ timeout: TIMEOUT_MILLISECONDS });
    const { IPAM } = await docker.getNetwork("bridge").inspect();
    return (IPAM?.Config ?? []).flatMap(({ Gateway }) => Gateway ?? []);
  } catch {
    // No engine, no container that could ask.
    return [];
  }
}
