/** Conversations, checkouts and what they earned. */

import { api, app, counter, gauge } from "./metric.ts";

export const businessMetrics = {
  activeConversations: gauge("agentpay_active_conversations", {
    help: "Conversations in progress.",
    jobs: api,
    labels: {},
  }),
  conversationsStarted: counter("agentpay_conversations_started_total", {
    help: "Conversations started.",
    jobs: api,
    labels: { channel: ["widget", "api"] },
  }),
  conversations: counter("agentpay_conversations_total", {
    help: "Conversations ended.",
    jobs: api,
    labels: { outcome: ["completed", "abandoned", "escalated", "failed"] },
  }),
  checkouts: counter("agentpay_checkouts_total", {
    help: "Checkouts that reached a result; those paid later are counted by the worker.",
    jobs: app,
    labels: { status: ["completed", "failed"] },
  }),
  checkoutRevenue: counter("agentpay_checkout_revenue_usd_total", {
    help: "Revenue of completed checkouts in US dollars.",
    unit: "usd",
    jobs: app,
    labels: {},
  }),
};
