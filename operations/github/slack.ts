/** A message to the Slack channel of the team that owns the monitoring. */

const TIMEOUT_MILLISECONDS = 15_000;

/** @throws with the answer's status, never with the webhook: its address is its password */
export async function tellSlack(webhookUrl: string, text: string): Promise<void> {
  const response = await fetch(webhookUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text }),
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  }).catch(() => undefined);
  if (!response) throw new Error("Slack's webhook does not answer");
  if (!response.ok) throw new Error(`Slack's webhook answered ${response.status}`);
}
