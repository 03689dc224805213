import { metrics } from "../../../catalog/metrics/index.ts";
import type { Exposition } from "../exposition.ts";
import { clientErrors, type Route, routes, serverErrors } from "../world.ts";
import type { Moment } from "./moment.ts";

/** Other programs send nonsense now and then; the widget and the agent don't. */
const CLIENT_ERROR_RATIO = 0.015;
/** Now and then a request waits for a cold cache or a lock. */
const SLOW_RATIO = 0.002;
const SLOW_FACTOR = 15;
const SPREAD = 0.6;
const FORBIDDEN = "401";

/** The HTTP requests of the api. Probes and scrapes are not counted. */
export class Web {
  readonly #api: Exposition;
  #requests = 0;

  constructor(api: Exposition) {
    this.#api = api;
  }

  initialise(): void {
    for (const { method, endpoint, status } of Object.values(routes)) {
      for (const known of [status, ...clientErrors, ...serverErrors]) {
        this.#api.add(metrics.requests, { method, endpoint, status: known }, 0);
      }
      this.#api.initialise(metrics.requestLatency, { method, endpoint });
    }
  }

  tick(moment: Moment): void {
    const { refusedValueRate } = moment.conditions.api;
    if (refusedValueRate > 0) {
      const count = moment.random.poisson(refusedValueRate);
      this.#api.add(metrics.instrumentationFaults, { kind: "value" }, count);
    }
    for (const route of Object.values(routes)) {
      const count = moment.random.poisson(route.background * moment.load);
      for (let request = 0; request < count; request++) this.request(route, moment);
    }
  }

  /** One request. Returns whether it succeeded. */
  request({ method, endpoint, status, seconds, background }: Route, { conditions, random }: Moment): boolean {
    const { errorRatio, latencyFactor, refuses, routeErrorRatio } = conditions.api;
    const broken = endpoint === routes.updateCustomer.endpoint ? routeErrorRatio : 0;
    const failed = random.chance(Math.max(errorRatio, broken));
    const nonsense = background > 0 && random.chance(CLIENT_ERROR_RATIO);
    const refused = !failed && (refuses || nonsense);
    const refusal = refuses ? FORBIDDEN : random.pick(clientErrors);
    const answer = failed ? random.pick(serverErrors) : refused ? refusal : status;
    const delay = latencyFactor * (random.chance(SLOW_RATIO) ? SLOW_FACTOR : 1);
    this.#api.add(metrics.requests, { method, endpoint, status: answer });
    this.#api.observe(
      metrics.requestLatency,
      { method, endpoint },
      random.logNormal(seconds * delay, SPREAD),
    );
    this.#requests++;
    return !failed && !refused;
  }

  /** The number of requests since it was last asked for. */
  takeRequests(): number {
    const requests = this.#requests;
    this.#requests = 0;
    return requests;
  }
}
