/** The review by mail, the way the cost report goes: through SES, from the cost report's sender. */
import { SESClient, SendRawEmailCommand } from "@aws-sdk/client-ses";
import { mimeOf } from "../../components/cost-report/function/email.ts";
import type { Settings } from "../../settings/schema.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { Failure } from "../../toolkit/failure.ts";
import { clientOptions } from "../verify/aws.ts";

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * Who sends, and to whom: whoever reads the stack's warnings, unless others are named.
 * @throws Failure where nobody can be written to
 */
export function sendingOf({ aws, cost, notifications }: Settings, to: readonly string[]) {
  if (!aws.enabled || !cost.report.enabled) {
    throw new Failure("--mail: the stack sends no mail, since aws.enabled or cost.report.enabled is false");
  }
  const recipients = to.length > 0 ? to : notifications.emails;
  if (recipients.length === 0) throw new Failure("--mail: name an address, or set notifications.emails");
  return { sender: cost.report.sender, recipients };
}

/** @throws Failure where SES refuses */
export async function send(
  mail: Mail,
  settings: Settings,
  to: readonly string[],
): Promise<readonly string[]> {
  const { sender, recipients } = sendingOf(settings, to);
  const Data = await mimeOf(mail, sender, recipients);
  const command = new SendRawEmailCommand({
    Source: sender,
    Destinations: [...recipients],
    RawMessage: { Data },
  });
  await new SESClient(clientOptions({ settings })).send(command).catch((error: unknown) => {
    throw new Failure(`The review was made, and not mailed: ${messageOf(error)}`);
  });
  return recipients;
}
