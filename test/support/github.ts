/** A GitHub for tests: the part of its REST API that CI writes to, of one repository, in memory. */
import type { AddressInfo } from "node:net";
import { type FastifyReply, type FastifyRequest, fastify } from "fastify";

export interface Item {
  readonly number: number;
  readonly user: { readonly type: "Bot" | "User" };
  readonly title?: string;
  readonly body: string;
  readonly state?: "open" | "closed";
  readonly labels?: readonly string[];
  readonly created_at?: string;
  readonly closed_at?: string;
}

export interface FakeGitHub {
  /** As GitHub Actions sets it. */
  readonly environment: NodeJS.ProcessEnv;
  readonly issues: Item[];
  /** Comments by issue or pull request. */
  readonly comments: Map<number, Item[]>;
  /** What Slack was told. */
  readonly slack: string[];
  stop(): Promise<void>;
}

const REPOSITORY = "agentpay/monitoring";
const TOKEN = "github-token-of-the-test";
/** Small, so that whoever doesn't turn the page misses something. */
const PAGE = 2;

interface Request {
  readonly Params: { readonly number: string };
  readonly Querystring: { readonly page?: string; readonly state?: string; readonly labels?: string };
  readonly Body: Partial<Item>;
}

export async function fakeGitHub(): Promise<FakeGitHub> {
  const issues: Item[] = [];
  const comments = new Map<number, Item[]>();
  const slack: string[] = [];
  let last = 0;
  const add = (list: Item[], given: Omit<Partial<Item>, "number">) => {
    last += 1;
    const created_at = new Date().toISOString();
    const item: Item = { user: { type: "Bot" }, body: "", created_at, ...given, number: last };
    list.push(item);
    return shown(item);
  };
  const edit = (list: readonly Item[], number: string, given: Partial<Item>) =>
    shown(Object.assign(list.find((item) => item.number === Number(number)) ?? {}, given));
  const commentsOf = (number: string): Item[] => {
    const list = comments.get(Number(number)) ?? [];
    comments.set(Number(number), list);
    return list;
  };
  const page = (list: readonly Item[], { query, url }: FastifyRequest<Request>, reply: FastifyReply) => {
    const number = Number(query.page ?? 1);
    const next = new URL(url, address);
    next.searchParams.set("page", String(number + 1));
    if (number * PAGE < list.length) reply.header("link", `<${next}>; rel="next"`);
    return list.slice((number - 1) * PAGE, number * PAGE).map(shown);
  };

  const server = fastify({ forceCloseConnections: true });
  server.post<{ Body: { text: string } }>("/slack", ({ body }) => slack.push(body.text));
  await server.register(
    async (api) => {
      api.addHook("onRequest", async ({ headers }, reply) => {
        if (headers.authorization !== `token ${TOKEN}`) reply.code(401).send({ message: "Bad credentials" });
      });
      api.get<Request>("/issues", (request, reply) => {
        const { state, labels = "" } = request.query;
        const matching = issues.filter((issue) => issue.state === state && issue.labels?.includes(labels));
        return page(matching, request, reply);
      });
      api.post<Request>("/issues", ({ body }) => add(issues, { state: "open", ...body }));
      api.patch<Request>("/issues/:number", ({ params, body }) => {
        const closed = body.state === "closed" && { closed_at: new Date().toISOString() };
        return edit(issues, params.number, { ...body, ...closed });
      });
      api.get<Request>("/issues/:number/comments", (request, reply) =>
        page(commentsOf(request.params.number), request, reply),
      );
      api.post<Request>("/issues/:number/comments", ({ params, body }) =>
        add(commentsOf(params.number), body),
      );
      api.patch<Request>("/issues/comments/:number", ({ params, body }) =>
        edit([...comments.values()].flat(), params.number, body),
      );
    },
    { prefix: `/repos/${REPOSITORY}` },
  );
  await server.listen({ host: "127.0.0.1", port: 0 });
  const address = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const environment = {
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_TOKEN: TOKEN,
    GITHUB_API_URL: address,
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_RUN_ID: "42",
    SLACK_WEBHOOK_URL: `${address}/slack`,
  };
  return { environment, issues, comments, slack, stop: () => server.close() };
}

const shown = (item: Partial<Item> | undefined) =>
  item && { ...item, id: item.number, html_url: `https://github.example/${item.number}` };
