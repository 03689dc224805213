/** Whom an alert tells, by Alertmanager's configuration as it is rendered. */
import { parse } from "yaml";
import { z } from "zod";
import { pagerProducts } from "../../components/pagers/list.ts";

const channelConfigs = {
  sns_configs: z.array(z.object({ topic_arn: z.string() })).default([]),
  slack_configs: z.array(z.object({ channel: z.string() })).default([]),
  email_configs: z.array(z.object({ to: z.string() })).default([]),
};

interface Route {
  readonly receiver?: string | undefined;
  readonly matchers: readonly string[];
  readonly continue: boolean;
  readonly routes: readonly Route[];
}

const route: z.ZodType<Route> = z.lazy(() =>
  z.object({
    receiver: z.string().optional(),
    matchers: z.array(z.string()).default([]),
    continue: z.boolean().default(false),
    routes: z.array(route).default([]),
  }),
);

const configuration = z.object({
  route,
  receivers: z.array(z.looseObject({ name: z.string(), ...channelConfigs })),
  inhibit_rules: z.array(z.looseObject({ name: z.string().optional() })).default([]),
});

export type Alertmanager = z.output<typeof configuration>;
type Receiver = Alertmanager["receivers"][number];
export type Labels = Readonly<Record<string, string>>;

export function alertmanagerFrom(yaml: string): Alertmanager {
  return configuration.parse(parse(yaml));
}

/** Channels that an alert of these labels reaches, such as `SMS`, `Slack #alerts`. */
export function channelsOf({ route: root, receivers }: Alertmanager, labels: Labels): string[] {
  const names = receiverNames(root, labels);
  return receivers.filter(({ name }) => names.includes(name)).flatMap(channels);
}

/** Receivers that an alert of these labels reaches, as `amtool config routes test` names them. */
export function receiverNames(root: Alertmanager["route"], labels: Labels): string[] {
  return [...new Set(receiversOf(root, labels, root.receiver))];
}

/** As Alertmanager does: the deepest routes that match; of siblings the first, and more where it says `continue`. */
function receiversOf({ receiver, routes }: Route, labels: Labels, inherited: string | undefined): string[] {
  const own = receiver ?? inherited;
  const found: string[] = [];
  for (const child of routes) {
    if (!child.matchers.every((matcher) => matches(matcher, labels))) continue;
    found.push(...receiversOf(child, labels, own));
    if (!child.continue) break;
  }
  return found.length > 0 ? found : [own ?? ""];
}

const MATCHER = /^\s*([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*$/s;

/** @throws where it is no matcher */
function matches(matcher: string, labels: Labels): boolean {
  const [, label, operator, value] = MATCHER.exec(matcher) ?? [];
  if (label === undefined || operator === undefined || value === undefined) {
    throw new Error(`Alertmanager's configuration has a matcher that is none: ${matcher}`);
  }
  const actual = labels[label] ?? "";
  const isSo = operator.endsWith("~") ? new RegExp(`^(?:${value})$`).test(actual) : actual === value;
  return operator.startsWith("!") ? !isSo : isSo;
}

function channels(receiver: Receiver): string[] {
  return [
    ...pagerProducts.flatMap(({ name, integration }) => (integration in receiver ? [name] : [])),
    ...receiver.sns_configs.map(({ topic_arn: topic }) => (topic.endsWith("-sms") ? SMS : topic)),
    ...receiver.slack_configs.map(({ channel }) => `Slack ${channel}`),
    ...receiver.email_configs.map(({ to }) => `email ${to}`),
  ];
}

const SMS = "SMS";
/** Channels that wake somebody. */
const PAGING = [...pagerProducts.map(({ name }) => name), SMS];

/** `pages SMS`, `tells Slack #alerts`, `tells nobody`. */
export function tells(to: readonly string[]): string {
  if (to.length === 0) return "tells nobody";
  return `${to.some((channel) => PAGING.includes(channel)) ? "pages" : "tells"} ${to.join(", ")}`;
}
