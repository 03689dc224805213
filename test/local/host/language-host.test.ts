import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { credentials } from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type { RunPluginResponse, RunResponse } from "@pulumi/pulumi/proto/language_pb.js";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { type EngineHost, startEngineHost } from "../../../local/host/host.ts";
import { identify } from "../../../local/host/process-identity.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";

const { Struct } = struct;

/** Behaves as a policy pack: prints its port, and serves until it is ended, unless it is told to fail. */
const PACK = `
import { basename } from "node:path";
const answer: string = [process.pid, process.argv[2], basename(process.cwd()), process.env["MOOD"]].join(" ");
console.log(answer);
if (process.env["MOOD"] === "failing") {
  console.error("can't serve");
  process.exit(3);
}
setInterval(() => {}, 1000);
`;

let host: EngineHost;
let client: InstanceType<typeof languageGrpc.LanguageRuntimeClient>;
let pack: string;

beforeAll(async () => {
  pack = await mkdtemp(path.join(tmpdir(), "policy-"));
  await writeFile(path.join(pack, "package.json"), '{ "type": "module" }');
  await writeFile(path.join(pack, "index.ts"), PACK);
  host = await startEngineHost([]);
  client = new languageGrpc.LanguageRuntimeClient(`127.0.0.1:${host.port}`, credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  host.stop();
  await rm(pack, { recursive: true });
});

function startPack(mood: string) {
  const info = new messages.ProgramInfo().setProgramDirectory(pack).setEntryPoint(".");
  const request = new messages.RunPluginRequest().setInfo(info).setPwd(tmpdir()).setKind("analyzer");
  request.setArgsList(["127.0.0.1:4711"]).setEnvList([`PATH=${process.env["PATH"]}`, `MOOD=${mood}`]);
  return client.runPlugin(request);
}

it("starts a policy pack in its own folder, with the engine's address and environment", async () => {
  const stream = startPack("steady");
  const [first]: RunPluginResponse[] = await once(stream, "data");
  const [pid, ...rest] = Buffer.from(first?.getStdout_asU8() ?? [])
    .toString()
    .trim()
    .split(" ");
  expect(rest).toEqual(["127.0.0.1:4711", path.basename(pack), "steady"]);
  expect(await identify(Number(pid))).toBeDefined();

  stream.on("error", () => {
    // Cancelled by this test.
  });
  stream.cancel();
  await expect.poll(() => identify(Number(pid))).toBeUndefined();
});

it("passes on what a policy pack says when it fails, and how it ended", async () => {
  const stream = startPack("failing");
  const heard = { stderr: "", exitCode: undefined as number | undefined };
  stream.on("data", (part: RunPluginResponse) => {
    heard.stderr += Buffer.from(part.getStderr_asU8()).toString();
    if (part.hasExitcode()) heard.exitCode = part.getExitcode();
  });
  await once(stream, "end");
  expect(heard.stderr).toContain("can't serve");
  expect(heard.exitCode).toBe(3);
});

it("starts the program with the project's own arguments of Node.js", async () => {
  const options = Struct.fromJavaScript({ nodeargs: "--no-such-option" });
  const info = new messages.ProgramInfo().setProgramDirectory(pack).setEntryPoint(".").setOptions(options);
  const request = new messages.RunRequest().setInfo(info).setPwd(pack);
  // Where nobody listens: what the program says is lost.
  const engine = new messages.LanguageHandshakeRequest().setEngineAddress("127.0.0.1:1");
  await new Promise((resolve) => client.handshake(engine, resolve));
  const answer = await new Promise<RunResponse>((resolve, reject) => {
    client.run(request, (error, response) => (error ? reject(error) : resolve(response)));
  });
  expect(answer.getError()).toBe("the program ended with exit code 9");
});

it("Node.js takes those of this project", async () => {
  const { runtime } = parse(await readFile(path.join(REPOSITORY, "Pulumi.yaml"), "utf8"));
  const args = [...runtime.options.nodeargs.split(" "), "--eval", "process.exitCode = 7"];
  expect(spawnSync(process.execPath, args, { cwd: REPOSITORY }).status).toBe(7);
});
