import { increase } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import {
  conversationRate,
  conversionRatio,
  usualConversationRate,
  usualConversionRatio,
} from "../recording-rules/business.ts";
import type { Alert, AlertGroup } from "./alert.ts";

/** Conversations that half an hour usually has, below which fewer of them are a coincidence. */
const MINIMUM_USUAL = 20;
const usual = usualConversationRate.record;

const conversationsDropped: Alert = {
  name: "ConversationsDropped",
  severity: "warning",
  service: "conversations",
  summary: "Far fewer conversations start than usual at this time.",
  description:
    "Conversations start at {{ $value | humanizePercentage }} of the usual rate of this hour: visitors don't see the widget, can't use it or don't come. No error needs to show anywhere.",
  threshold: {
    default: 0.4,
    unit: "share of the rate a week ago (in the first week, of half of that a day ago)",
    source: "a starting point; public holidays reach about half",
  },
  // Conversations that are no longer counted are treated as none: that has to be looked into just the same.
  expression: (threshold) =>
    `(${conversationRate.record} or vector(0)) / ${usual} < ${threshold} and ${usual} * 1800 > ${MINIMUM_USUAL}`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-technical", panel: "conversationsVersusUsual" },
};

/** Conversations in a day below which the share of sales is luck. */
const MINIMUM_CONVERSATIONS = 100;

const checkoutConversionDropped: Alert = {
  name: "CheckoutConversionDropped",
  severity: "warning",
  service: "checkout",
  summary: "Far fewer conversations than usual end in a sale.",
  description:
    "In the last 24 hours conversations ended in a sale at {{ $value | humanizePercentage }} of last week's rate: visitors talk to the agent but can't, or won't, buy.",
  threshold: {
    default: 0.6,
    unit: "share of the middle of the week up to yesterday",
    source: "a starting point",
  },
  // The week ends a day ago: a mean that holds the present would fall with it.
  expression: (threshold) =>
    `${conversionRatio.record} / (${usualConversionRatio} > 0) < ${threshold}` +
    ` and sum(${increase(metrics.conversationsStarted.name, "1d")}) > ${MINIMUM_CONVERSATIONS}`,
  holdFor: "2h",
  panel: { dashboard: "agentpay-technical", panel: "conversionVersusUsual" },
};

export const businessAlerts: AlertGroup = {
  name: "agentpay-business",
  interval: "1m",
  alerts: [conversationsDropped, checkoutConversionDropped],
};
