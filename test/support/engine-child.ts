/** Runs a stand-in of the engine as the project's commands run the real one: `engine-child.ts <script> [milliseconds]`. */
import { createInterface } from "node:readline";
import { Interruption, runEngine } from "../../operations/pulumi/engine-process.ts";

const [script = "", milliseconds] = process.argv.slice(2);
try {
  const code = await runEngine("/bin/sh", ["-c", script], {
    stdio: ["ignore", "pipe", "inherit"],
    onStart: ({ stdout }) => {
      if (stdout) createInterface({ input: stdout }).on("line", (line) => console.log(line));
    },
    ...(milliseconds !== undefined && { timeoutMilliseconds: Number(milliseconds) }),
  });
  console.log(`ended with ${code}`);
} catch (error) {
  if (!(error instanceof Interruption)) throw error;
  console.log(error.message);
  process.exitCode = error.exitCode;
}
