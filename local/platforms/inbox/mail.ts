/** A mail server that keeps what it is given, for whomever, and sends nothing on. */
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { LOOPBACK } from "../shared/http-server.ts";
import { type InboxStore, keep } from "./model.ts";

export interface RunningMailServer {
  /** `127.0.0.1:<port>`, as mail clients want it. */
  readonly address: string;
  stop(): Promise<void>;
}

/**
 * @param port 0 takes any free one.
 * @throws where the port is taken.
 */
export async function startMailServer(
  port: number,
  store: InboxStore,
  now: () => Date,
): Promise<RunningMailServer> {
  const server = new SMTPServer({
    // Nothing leaves this machine, and Alertmanager must not check a certificate of nobody's.
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    onData(stream, session, done) {
      simpleParser(stream).then(({ from, subject = "", text = "", html }) => {
        keep(store, "emails", {
          receivedAt: now().toISOString(),
          from: from?.text ?? "",
          to: session.envelope.rcptTo.map(({ address }) => address),
          subject,
          text,
          html: html || "",
        });
        done();
      }, done);
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, () => {
      server.off("error", reject);
      resolve();
    });
  });
  // A client that hangs up in the middle is no failure of ours.
  server.on("error", () => {});
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the mail server does not listen");
  return {
    address: `${LOOPBACK}:${address.port}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
