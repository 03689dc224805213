/**
 * The parts of AgentPay that people answer for: who owns each, and what users notice when it fails. Every alert names
 * one of them in its `service` label, and a team in its `team` label.
 */

interface Service {
  readonly title: string;
  readonly team: Team;
  /** What users, or the business, notice when it fails. */
  readonly whenItFails: string;
}

export const teams = ["platform", "finops", "growth"] as const;
export type Team = (typeof teams)[number];

export const services = {
  edge: {
    title: "Public entry points",
    team: "platform",
    whenItFails: "AgentPay can't be reached from the internet: pages, API calls and the chat widget fail.",
  },
  api: {
    title: "API server",
    team: "platform",
    whenItFails: "Requests fail or take seconds; the chat widget shows errors.",
  },
  worker: {
    title: "Background worker",
    team: "platform",
    whenItFails: "Webhooks, e-mails and delayed payments come late or not at all.",
  },
  llm: {
    title: "Language models",
    team: "platform",
    whenItFails: "The agent does not answer, answers late, or with a weaker model.",
  },
  rag: {
    title: "Knowledge retrieval",
    team: "platform",
    whenItFails: "Answers come late or are not grounded in the merchant's own documents.",
  },
  websocket: {
    title: "Chat connection",
    team: "platform",
    whenItFails: "The chat widget can't connect, or loses the conversation.",
  },
  conversations: {
    title: "Conversations",
    team: "growth",
    whenItFails: "Fewer visitors talk to the agent than usual, often with no error anywhere.",
  },
  checkout: {
    title: "Checkout",
    team: "growth",
    whenItFails: "Customers who want to pay can't, or no longer want to.",
  },
  cost: {
    title: "Cost",
    team: "finops",
    whenItFails: "Users notice nothing; the provider's bill grows past its budget.",
  },
  postgres: {
    title: "PostgreSQL",
    team: "platform",
    whenItFails: "Most requests and jobs fail, since nothing can be read or stored.",
  },
  redis: {
    title: "Redis",
    team: "platform",
    whenItFails: "Jobs are not queued or get lost, and everything that was cached is slow.",
  },
  hosts: {
    title: "Hosts",
    team: "platform",
    whenItFails: "Whatever ran on the host is gone, or slow once its memory or disk is used up.",
  },
  monitoring: {
    title: "Monitoring",
    team: "platform",
    whenItFails: "Users notice nothing, and neither do we: the next outage is silent.",
  },
} as const satisfies Record<string, Service>;

export type ServiceName = keyof typeof services;
