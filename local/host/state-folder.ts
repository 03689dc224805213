/** Where the local stack keeps what it knows: `$AGENTPAY_LOCAL_HOME`, or `.local` in the repository. */
import path from "node:path";
import { REPOSITORY } from "../../toolkit/repository.ts";

/** Absolute paths below the state folder. */
export interface StatePaths {
  readonly home: string;
  /** The engine's file backend. */
  readonly backend: string;
  /** `PULUMI_HOME`: the user's own login and plugins stay untouched. */
  readonly pulumiHome: string;
  readonly logs: string;
  /** `data/<service>/` belongs to one service. */
  readonly data: string;
  /** What the running daemon says about itself. */
  readonly daemon: string;
  /** Programs that the daemon started. */
  readonly children: string;
  /** The tools that `up` found, for the daemon. */
  readonly tools: string;
  /** What the last complete `up` ran against. */
  readonly lastUp: string;
  /** Which providers are official plugins, where any is. */
  readonly providers: string;
  /** Which engine has the samples and the rules. */
  readonly engine: string;
  /** Where the Docker Engine is that the official plugin uses, where the stack's configuration says another place. */
  readonly dockerHost: string;
  /** Copies of the stack's configuration, by the offset of their ports. */
  readonly configurations: string;
}

export function statePaths(environment: NodeJS.ProcessEnv = process.env): StatePaths {
  const home = path.resolve(environment["AGENTPAY_LOCAL_HOME"] || path.join(REPOSITORY, ".local"));
  const below = (name: string) => path.join(home, name);
  return {
    home,
    backend: below("backend"),
    pulumiHome: below("pulumi-home"),
    logs: below("logs"),
    data: below("data"),
    daemon: below("daemon.json"),
    children: below("children.json"),
    tools: below("tools.json"),
    lastUp: below("last-up.json"),
    providers: below("providers.txt"),
    engine: below("engine.txt"),
    dockerHost: below("docker-host.txt"),
    configurations: below("configurations"),
  };
}
