import { metrics } from "../../../catalog/metrics/index.ts";
import type { Conditions } from "../conditions.ts";
import type { Exposition } from "../exposition.ts";
import type { Ledger } from "../ledger.ts";
import type { Random } from "../random.ts";
import { type Model, models, rateLimits } from "../world.ts";
import type { Moment } from "./moment.ts";

type TokenType = keyof Model["price"];
type Tokens = Partial<Record<TokenType, number>>;

const tokenTypes = ["input", "output", "cache_read", "cache_write"] as const satisfies readonly TokenType[];
const errorTypes = [
  "rate_limit",
  "overloaded",
  "timeout",
  "invalid_request",
  "not_found",
  "authentication",
] as const;
const limitKinds = ["requests", "input_tokens", "output_tokens"] as const;

/** System prompt and tools: the same for every call, so the provider keeps them. */
const PROMPT_TOKENS = 800;
/** The cached prompt expires between rare calls. */
const CACHE_EXPIRED_RATIO = 0.05;

/** The calls of one process to the language models. */
export class Llm {
  readonly #process: Exposition;
  readonly #ledger: Ledger;

  constructor(process: Exposition, ledger: Ledger) {
    this.#process = process;
    this.#ledger = ledger;
  }

  initialise(): void {
    for (const { id: model, provider, speed } of Object.values(models)) {
      for (const error of ["none", ...errorTypes] as const) this.#count({ id: model, provider }, error, 0);
      for (const type of tokenTypes) this.#process.add(metrics.llmTokens, { provider, model, type }, 0);
      this.#process.initialise(metrics.llmRequestDuration, { provider, model });
      this.#process.add(metrics.llmCost, { model }, 0);
      this.#process.add(metrics.llmUnpricedRequests, { model }, 0);
      if (speed > 0) {
        this.#process.initialise(metrics.llmTimeToFirstToken, { provider, model });
        for (const stop_reason of metrics.llmResponses.labels.stop_reason)
          this.#process.add(metrics.llmResponses, { model, stop_reason }, 0);
      }
    }
    this.#process.add(metrics.llmLedgerDropped, {}, 0);
    for (const kind of metrics.instrumentationFaults.labels.kind)
      this.#process.add(metrics.instrumentationFaults, { kind }, 0);
    this.#countFallback("succeeded", 0);
    this.#countFallback("failed", 0);
  }

  tick(moment: Moment): void {
    this.#measureLimits("anthropic", moment, moment.conditions.llm.errorType === "rate_limit");
    this.#measureLimits("openai", moment, false);
    const { ledgerDropRate } = moment.conditions.llm;
    if (ledgerDropRate > 0)
      this.#process.add(metrics.llmLedgerDropped, {}, moment.random.poisson(ledgerDropRate));
  }

  /** One reply of the agent, with the other model asked where the first can't. Returns whether there was one. */
  chat(moment: Moment, wantsTool: boolean): boolean {
    const { llm } = moment.conditions;
    if (llm.silent) return false;
    if (moment.random.chance(llm.failureRatio)) {
      this.#count(models.small, "invalid_request");
      return false;
    }
    if (!moment.random.chance(llm.fallbackRatio)) {
      this.#answer(models.small, moment, wantsTool);
      return true;
    }
    const failed = moment.random.chance(llm.fallbackFailureRatio);
    this.#count(models.small, llm.errorType);
    this.#countFallback(failed ? "failed" : "succeeded");
    if (failed) this.#count(models.large, llm.errorType);
    else this.#answer(models.large, moment, wantsTool);
    return !failed;
  }

  /** Turns a question into the vector that retrieval looks for. */
  embed(moment: Moment): void {
    const { embedding } = models;
    if (moment.conditions.llm.silent) return;
    this.#count(embedding, "none");
    const tokens = { input: Math.round(moment.random.logNormal(30, 0.5)) };
    const seconds = moment.random.logNormal(0.05, 0.3);
    this.#spend(embedding, tokens, moment, seconds);
    this.#process.observe(metrics.llmRequestDuration, labelsOf(embedding), seconds);
  }

  #answer(model: Model, moment: Moment, wantsTool: boolean): void {
    const { conditions, random } = moment;
    const tokens = tokensOfReply(conditions, random);
    const firstToken = random.logNormal(0.6, 0.45) * conditions.llm.latencyFactor;
    const writing = (tokens.output / model.speed) * conditions.llm.latencyFactor;
    this.#count(model, "none");
    this.#spend(model, tokens, moment, firstToken + writing);
    this.#process.observe(metrics.llmTimeToFirstToken, labelsOf(model), firstToken);
    this.#process.observe(metrics.llmRequestDuration, labelsOf(model), firstToken + writing);
    const truncated = random.chance(conditions.llm.truncatedRatio);
    const stop_reason = truncated ? "max_tokens" : wantsTool ? "tool_use" : "end_turn";
    this.#process.add(metrics.llmResponses, { model: model.id, stop_reason });
  }

  #spend(model: Model, tokens: Tokens, { now, conditions: { llm } }: Moment, seconds: number): void {
    for (const type of tokenTypes) {
      this.#process.add(metrics.llmTokens, { ...labelsOf(model), type }, tokens[type] ?? 0);
    }
    const cost = costOf(model, tokens);
    if (!llm.priced) this.#process.add(metrics.llmUnpricedRequests, { model: model.id });
    else if (llm.costRecorded) this.#process.add(metrics.llmCost, { model: model.id }, cost);
    const { input = 0, output = 0, cache_read: read = 0, cache_write: written = 0 } = tokens;
    this.#ledger.call({
      model: model.id,
      timestamp: now,
      latencyMilliseconds: seconds * 1000,
      inputTokens: input + read + written,
      outputTokens: output,
      costUsd: llm.priced ? cost : undefined,
      cached: read > 0,
    });
  }

  #count(
    model: Pick<Model, "id" | "provider">,
    error_type: "none" | (typeof errorTypes)[number],
    amount = 1,
  ): void {
    const status = error_type === "none" ? "success" : "error";
    const labels = { provider: model.provider, model: model.id, status, error_type } as const;
    this.#process.add(metrics.llmRequests, labels, amount);
  }

  #measureLimits(provider: Model["provider"], { load, random }: Moment, usedUp: boolean): void {
    const limits = rateLimits[provider];
    for (const kind of limitKinds) {
      const left = usedUp ? 0 : 1 - load * (0.08 + 0.04 * random.uniform());
      this.#process.set(metrics.llmRateLimit, { provider, kind }, limits[kind]);
      this.#process.set(metrics.llmRateLimitRemaining, { provider, kind }, Math.round(limits[kind] * left));
    }
  }

  #countFallback(outcome: "succeeded" | "failed", amount = 1): void {
    const labels = { from_model: models.small.id, to_model: models.large.id, outcome } as const;
    this.#process.add(metrics.llmFallbacks, labels, amount);
  }
}

function labelsOf({ provider, id }: Model) {
  return { provider, model: id };
}

function tokensOfReply({ llm }: Conditions, random: Random) {
  const question = Math.round(random.logNormal(100, 0.5) * llm.inputFactor);
  const prompt = Math.round(PROMPT_TOKENS * llm.inputFactor);
  const output = Math.max(1, Math.round(random.logNormal(50, 0.5)));
  if (!llm.promptCache) return { input: question + prompt, output };
  const expired = random.chance(CACHE_EXPIRED_RATIO);
  return { input: question, output, [expired ? "cache_write" : "cache_read"]: prompt };
}

/** US dollars. */
function costOf({ price }: Model, tokens: Tokens): number {
  return tokenTypes.reduce((sum, type) => sum + ((tokens[type] ?? 0) * price[type]) / 1e6, 0);
}
