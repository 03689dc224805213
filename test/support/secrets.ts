/** Made-up secrets that can be searched for: wherever one shows up in clear, a secret has leaked. */
const MARK = "sentinel-secret";

export function sentinel(of: string): string {
  return `${MARK}:${of}`;
}

/** Those whose form is looked at. */
const FORMS: Readonly<Partial<Record<string, (mark: string) => string>>> = {
  "notifications.slackWebhookUrl": (mark) => `https://hooks.slack.com/services/${mark}`,
  "uptime.statusPageCertificate": (mark) =>
    `-----BEGIN CERTIFICATE-----\n${mark}\n-----END CERTIFICATE-----\n`,
  "uptime.statusPagePrivateKey": (mark) =>
    `-----BEGIN PRIVATE KEY-----\n${mark}\n-----END PRIVATE KEY-----\n`,
};

/** Such a secret as the value of a secret key. */
export function secretSetting(key: string): string {
  return FORMS[key]?.(sentinel(key)) ?? sentinel(key);
}

/** Whether a value holds a sentinel in clear, however deep. */
export function leaks(value: unknown): boolean {
  return (typeof value === "string" ? value : (JSON.stringify(value) ?? "")).includes(MARK);
}
