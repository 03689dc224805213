// A process of its own for one invocation, as Lambda has: argv is the file, the handler's name and the time limit in
// milliseconds, standard input the event. The answer, or the error as Lambda words it, goes to the parent.
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const [file, name, limit] = process.argv.slice(2);
setTimeout(() => {
  fail({ errorType: "Sandbox.Timedout", errorMessage: `Task timed out after ${limit / 1000} seconds` });
}, Number(limit)).unref();

try {
  const event = JSON.parse(await text(process.stdin));
  const { [name]: handler } = await import(pathToFileURL(file).href);
  if (typeof handler !== "function") throw new TypeError(`${file} exports no function ${name}`);
  tell({ answer: (await handler(event)) ?? null }, 0);
} catch (error) {
  fail({ errorType: error?.name ?? "Error", errorMessage: error?.message ?? String(error) });
}

function fail(error) {
  tell({ error }, 1);
}

function tell(message, code) {
  process.send(message, () => process.exit(code));
}
