import { randomUUID } from "node:crypto";
import { metrics } from "../../../catalog/metrics/index.ts";
import type { Exposition } from "../exposition.ts";
import type { ConversationRow, Ledger } from "../ledger.ts";
import { routes } from "../world.ts";
import type { Agent } from "./agent.ts";
import { checkOut, initialiseCheckouts } from "./checkout.ts";
import type { Moment } from "./moment.ts";
import type { Web } from "./web.ts";
import type { Worker } from "./worker.ts";

/** Visitors a second, at average load, who open a page with the chat widget. */
const ARRIVALS = 0.45;
const MEAN_VISIT_SECONDS = 150;
const CONVERSATION_RATIO = 0.1;
/** Conversations a second that other programs hold over the API, with no WebSocket. */
const API_CONVERSATIONS = 0.004;
const MEDIAN_TURN_SECONDS = 25;
const CHECKOUT_RATIO = 0.12;
const DELAYED_PAYMENT_RATIO = 0.1;
const SUMMARY_RATIO = 0.3;

interface Conversation {
  readonly id: string;
  readonly startedAt: number;
  turnsLeft: number;
  nextTurn: number;
  unanswered: number;
}

type Outcome = (typeof metrics.conversations.labels.outcome)[number];

interface Visit {
  readonly connected: boolean;
  readonly endsAt: number;
  conversation: Conversation | undefined;
}

/** The people on the merchants' pages: their connections, conversations and checkouts. */
export class Visitors {
  readonly #api: Exposition;
  readonly #web: Web;
  readonly #agent: Agent;
  readonly #worker: Worker;
  readonly #ledger: Ledger;
  #visits: Visit[] = [];

  constructor(api: Exposition, web: Web, agent: Agent, worker: Worker, ledger: Ledger) {
    this.#api = api;
    this.#web = web;
    this.#agent = agent;
    this.#worker = worker;
    this.#ledger = ledger;
  }

  initialise(): void {
    const api = this.#api;
    initialiseCheckouts(api);
    for (const channel of metrics.conversationsStarted.labels.channel) {
      api.add(metrics.conversationsStarted, { channel }, 0);
    }
    for (const outcome of metrics.conversations.labels.outcome)
      api.add(metrics.conversations, { outcome }, 0);
    for (const result of metrics.websocketConnects.labels.result)
      api.add(metrics.websocketConnects, { result }, 0);
    for (const reason of metrics.websocketDisconnects.labels.reason) {
      api.add(metrics.websocketDisconnects, { reason }, 0);
    }
  }

  /** Everybody is gone, as after a restart of the api. */
  leave(): void {
    this.#visits = [];
  }

  tick(moment: Moment): void {
    const { random, load, conditions } = moment;
    const arriving = random.poisson(ARRIVALS * load * conditions.visitors.factor);
    for (let visitor = 0; visitor < arriving; visitor++) this.#arrive(moment);
    const conversing = random.poisson(API_CONVERSATIONS * load * conditions.visitors.factor);
    for (let client = 0; client < conversing; client++) this.#converseOverApi(moment);
    this.#visits = this.#visits.filter((visit) => this.#stays(visit, moment));
    this.#measure();
  }

  #arrive(moment: Moment): void {
    const { random, conditions, now } = moment;
    this.#web.request(routes.widgetConfiguration, moment);
    const refused = random.chance(conditions.websocket.refusedRatio);
    const { rejectedRatio } = conditions.websocket;
    const rejected = !refused && rejectedRatio > 0 && random.chance(rejectedRatio);
    this.#api.add(metrics.websocketConnects, { result: refused ? "error" : rejected ? "rejected" : "ok" });
    if (refused || rejected) return;
    const talks = random.chance(CONVERSATION_RATIO);
    const conversation = talks ? this.#startConversation("widget", moment) : undefined;
    this.#visits.push({
      connected: true,
      endsAt: now + random.exponential(MEAN_VISIT_SECONDS),
      conversation,
    });
  }

  #converseOverApi(moment: Moment): void {
    const conversation = this.#startConversation("api", moment);
    this.#visits.push({ connected: false, endsAt: moment.now, conversation });
  }

  #startConversation(channel: "widget" | "api", moment: Moment): Conversation | undefined {
    if (!this.#web.request(routes.startConversation, moment)) return undefined;
    this.#api.add(metrics.conversationsStarted, { channel });
    const conversation = { id: randomUUID(), startedAt: moment.now, nextTurn: moment.now, unanswered: 0 };
    this.#record(conversation, { status: "active", stage: "discovery" });
    return { ...conversation, turnsLeft: 1 + moment.random.poisson(3) };
  }

  /** One second of a visit. Returns whether it goes on. */
  #stays(visit: Visit, moment: Moment): boolean {
    const { random, conditions, now } = moment;
    if (visit.connected && random.chance(conditions.websocket.dropRate)) {
      if (visit.conversation) this.#close(visit.conversation, "abandoned", false, moment);
      this.#api.add(metrics.websocketDisconnects, { reason: "error" });
      return false;
    }
    if (visit.conversation) this.#converse(visit, visit.conversation, moment);
    if (visit.conversation || now < visit.endsAt) return true;
    const timedOut = random.chance(0.01);
    if (visit.connected)
      this.#api.add(metrics.websocketDisconnects, { reason: timedOut ? "timeout" : "normal" });
    return false;
  }

  #converse(visit: Visit, conversation: Conversation, moment: Moment): void {
    if (moment.now < conversation.nextTurn) return;
    if (conversation.turnsLeft === 0) {
      this.#endConversation(conversation, moment);
      visit.conversation = undefined;
      return;
    }
    conversation.turnsLeft--;
    conversation.nextTurn = moment.now + moment.random.logNormal(MEDIAN_TURN_SECONDS, 0.5);
    const answered = this.#web.request(routes.sendMessage, moment) && this.#agent.answer(moment);
    if (!answered) conversation.unanswered++;
  }

  #endConversation(conversation: Conversation, moment: Moment): void {
    const { random } = moment;
    const { unanswered } = conversation;
    if (random.chance(SUMMARY_RATIO)) this.#worker.enqueue("low_priority", "summary", moment);
    const buys = unanswered === 0 && random.chance(CHECKOUT_RATIO);
    const ordered = buys && this.#checkOut(moment);
    const outcome = unanswered > 0 ? "failed" : buys || random.chance(0.6) ? "completed" : "abandoned";
    this.#close(conversation, random.chance(0.03) ? "escalated" : outcome, ordered, moment);
  }

  #close(conversation: Conversation, outcome: Outcome, ordered: boolean, { now }: Moment): void {
    this.#api.add(metrics.conversations, { outcome });
    const checkoutId = ordered ? randomUUID() : undefined;
    const stage = ordered ? "checkout" : "recommendation";
    this.#record(conversation, { status: outcome, stage, completedAt: now, checkoutId });
  }

  #record(
    { id, startedAt }: Pick<Conversation, "id" | "startedAt">,
    state: Omit<ConversationRow, "id" | "createdAt">,
  ): void {
    this.#ledger.conversation({ id, createdAt: startedAt, ...state });
  }

  /** Returns whether there is an order, paid now or later. */
  #checkOut(moment: Moment): boolean {
    if (!this.#web.request(routes.createCheckout, moment)) return false;
    if (!moment.random.chance(DELAYED_PAYMENT_RATIO)) return checkOut(this.#api, moment);
    this.#worker.enqueue("high_priority", "payment", moment);
    return true;
  }

  #measure(): void {
    const connections = this.#visits.filter(({ connected }) => connected).length;
    const conversations = this.#visits.filter(({ conversation }) => conversation).length;
    this.#api.set(metrics.websocketConnections, {}, connections);
    this.#api.set(metrics.activeConversations, {}, conversations);
  }
}
