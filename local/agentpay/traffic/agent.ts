import { metrics } from "../../../catalog/metrics/index.ts";
import type { Exposition } from "../exposition.ts";
import type { Ledger } from "../ledger.ts";
import { tools } from "../world.ts";
import { Llm } from "./llm.ts";
import type { Moment } from "./moment.ts";

const RETRIEVAL_RATIO = 0.6;
const TOOL_RATIO = 0.35;
/** Median time of each stage of a retrieval, seconds. */
const stages = { embed: 0.05, search: 0.06, rerank: 0.08 } as const;

/** What the agent does to answer one message: retrieval, language model, tools. */
export class Agent {
  readonly #api: Exposition;
  readonly #llm: Llm;

  constructor(api: Exposition, ledger: Ledger) {
    this.#api = api;
    this.#llm = new Llm(api, ledger);
  }

  initialise(): void {
    this.#llm.initialise();
    for (const stage of stageNames) this.#api.initialise(metrics.ragQueryDuration, { stage });
    for (const status of metrics.ragQueries.labels.status) this.#api.add(metrics.ragQueries, { status }, 0);
    for (const tool of tools) {
      for (const status of metrics.toolCalls.labels.status)
        this.#api.add(metrics.toolCalls, { tool, status }, 0);
    }
  }

  tick(moment: Moment): void {
    this.#llm.tick(moment);
  }

  /** Returns whether the agent had an answer. */
  answer(moment: Moment): boolean {
    if (moment.random.chance(RETRIEVAL_RATIO)) this.#retrieve(moment);
    const usesTool = moment.random.chance(TOOL_RATIO);
    if (!usesTool) return this.#llm.chat(moment, false);
    if (!this.#llm.chat(moment, true)) return false;
    this.#callTool(moment);
    return this.#llm.chat(moment, false);
  }

  #retrieve(moment: Moment): void {
    const { conditions, random } = moment;
    const { emptyRatio, errorRatio, latencyFactor } = conditions.rag;
    this.#llm.embed(moment);
    for (const stage of stageNames) {
      this.#api.observe(
        metrics.ragQueryDuration,
        { stage },
        random.logNormal(stages[stage] * latencyFactor, 0.4),
      );
    }
    const failed = random.chance(errorRatio);
    const status = failed ? "error" : random.chance(emptyRatio) ? "empty" : "ok";
    this.#api.add(metrics.ragQueries, { status });
  }

  #callTool({ conditions, random }: Moment): void {
    const status = random.chance(conditions.tools.errorRatio) ? "error" : "success";
    this.#api.add(metrics.toolCalls, { tool: random.pick(tools), status });
  }
}

const stageNames = metrics.ragQueryDuration.labels.stage;
