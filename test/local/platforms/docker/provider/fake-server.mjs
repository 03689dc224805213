// Stands for a server of an image: listens where the flag says, and does what it is asked for.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const listen =
  process.argv.find((argument) => argument.startsWith("--web.listen-address="))?.split("=")[1] ?? "";
if (process.argv.includes("--fail-at-start")) {
  console.error("no such configuration");
  process.exit(2);
}

createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://fake");
  if (url.pathname === "/exit") process.exit(Number(url.searchParams.get("code")));
  const file = url.searchParams.get("file");
  const answer = file
    ? readFileSync(file, "utf8")
    : JSON.stringify({
        pid: process.pid,
        arguments: process.argv.slice(2),
        environment: process.env,
        folder: process.cwd(),
      });
  response.end(answer);
}).listen(Number(listen.split(":").at(-1)), listen.split(":")[0], () =>
  console.log(`listening on ${listen}`),
);
