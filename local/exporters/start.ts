/** The real exporters of the local stack's PostgreSQL and Valkey, run as docs/getting-started.md tells users to run them. */
import { type Exporter, exporters } from "../../catalog/exporters.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import type { FoundTool } from "../../toolkit/toolchain/find.ts";
import type { Child, ChildSpecification, RunningService, ServiceContext } from "../host/service.ts";
import { untilItAnswers } from "../host/until-it-answers.ts";

const START_MILLISECONDS = 30_000;

interface Login {
  readonly user: string;
  readonly password: string;
}

export interface ExporterOptions {
  /** Its own. */
  readonly port: number;
  /** Of what it watches. */
  readonly target: { readonly port: number; readonly login: Login };
  readonly tool: FoundTool;
  readonly startChild: ServiceContext["startChild"];
  /** Changes the flags, as a drill does that lives faster. Default: as they are. */
  readonly flag?: (flag: string) => string;
}

export interface RunningExporter extends RunningService {
  readonly url: string;
  readonly child: Child;
}

/** @param database that it logs in to and reads the ledger of */
export function startPostgresExporter(options: ExporterOptions, database: string): Promise<RunningExporter> {
  const { port, login } = options.target;
  return start(exporters.postgres, options, {
    DATA_SOURCE_URI: `127.0.0.1:${port}/${database}?sslmode=disable`,
    DATA_SOURCE_USER: login.user,
    DATA_SOURCE_PASS: login.password,
  });
}

export function startRedisExporter(options: ExporterOptions): Promise<RunningExporter> {
  const { port, login } = options.target;
  return start(exporters.redis, options, {
    REDIS_ADDR: `redis://127.0.0.1:${port}`,
    REDIS_USER: login.user,
    REDIS_PASSWORD: login.password,
  });
}

/** Returns once it listens: what it watches may be down. @throws where it ends before that, or takes too long */
async function start(
  { program, flags }: Exporter,
  { port, tool, startChild, flag = (same) => same }: ExporterOptions,
  environment: NonNullable<ChildSpecification["environment"]>,
): Promise<RunningExporter> {
  const child = await startChild({
    name: program,
    command: tool.binaries[program] ?? program,
    args: [`--web.listen-address=127.0.0.1:${port}`, ...flags.map(flag)],
    // Its flags name files of the repository.
    cwd: REPOSITORY,
    environment,
  });
  const url = `http://127.0.0.1:${port}`;
  await untilItAnswers({
    child,
    name: program,
    where: `at ${url}`,
    log: program,
    answers: () => answers(url),
    milliseconds: START_MILLISECONDS,
  });
  return { url, child, stop: () => child.stop(), isHealthy: async () => child.isRunning() };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}
