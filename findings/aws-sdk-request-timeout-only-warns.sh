#!/usr/bin/env bash
# `requestTimeout` of the AWS SDK for JavaScript ends no request. When the time is over, the SDK writes a line to the log and
# goes on waiting: whoever set it so that a slow AWS cannot hold up an alert, or a Lambda function until its own end, is held
# up all the same, and the call even succeeds. With `throwOnRequestTimeout: true` beside it, it is what its name says.
#
# Seen with @aws-sdk/client-sns 3.1169.0 (npm) on Node.js 20. A local server answers after 1.5 s; requestTimeout is
# 200 ms. A comment in the types and the warning itself tell of the other option.
#   requestTimeout alone:        the message was published after 1.5 s or more, 1 warning
#   with throwOnRequestTimeout:  TimeoutError before that
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @aws-sdk/client-sns@3.1169.0
cat >seen.mjs <<'JAVASCRIPT'
import { createServer } from "node:http";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

const ANSWERS_AFTER = 1500;
const answer = "<PublishResponse><PublishResult><MessageId>published</MessageId></PublishResult></PublishResponse>";
const server = createServer((_, response) => {
  setTimeout(() => response.setHeader("content-type", "text/xml").end(answer), ANSWERS_AFTER);
}).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));

async function publish(options) {
  let warnings = 0;
  const quiet = () => {};
  const logger = { trace: quiet, debug: quiet, info: quiet, warn: () => warnings++, error: quiet };
  const client = new SNSClient({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${server.address().port}`,
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
    maxAttempts: 1,
    requestHandler: { requestTimeout: 200, logger, ...options },
  });
  const start = performance.now();
  const outcome = await client
    .send(new PublishCommand({ TopicArn: "arn:aws:sns:us-east-1:000000000000:alerts", Message: "down" }))
    .then(({ MessageId }) => MessageId, ({ name }) => name);
  const waited = performance.now() - start >= ANSWERS_AFTER - 50 ? "waited" : "did not wait";
  return `${outcome}, ${waited}, warnings: ${warnings}`;
}

console.log(`alone: ${await publish({})}`);
console.log(`throws: ${await publish({ throwOnRequestTimeout: true })}`);
server.closeAllConnections();
server.close();
JAVASCRIPT
node seen.mjs | tee out
grep -qxF "alone: published, waited, warnings: 1" out
grep -qxF "throws: TimeoutError, did not wait, warnings: 0" out
