/**
 * What gives a secret away in a text: the form of the keys of the platforms used here and of their neighbours, and names
 * that only secrets have. As data, in the regular expressions that TypeScript and Python both know: the Python package
 * has it too (`npm run contract`).
 */

export interface SecretShape {
  readonly name: string;
  /**
   * A regular expression; letters as they are written. It begins only where no other match of it can begin, so that a
   * text is read once, whoever wrote it.
   */
  readonly pattern: string;
}

/** Each with a prefix or a frame that nothing else has: what a checksum or an id may look like is not here. */
export const secretShapes: readonly SecretShape[] = [
  { name: "AWS access key", pattern: "\\b(?:AKIA|ASIA)[A-Z2-7]{16}\\b" },
  // Since May 2026, `GITHUB_TOKEN` and an app's are `ghs_<app id>_<JSON web token>`, about 520 characters.
  {
    name: "GitHub token",
    pattern: "\\b(?:ghs_[A-Za-z0-9._-]{36,}|gh[opru]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})",
  },
  { name: "Pulumi access token", pattern: "\\bpul-[0-9a-f]{40}\\b" },
  { name: "Sentry auth token", pattern: "\\bsntry[su]_[A-Za-z0-9+/=_-]{32,}" },
  { name: "Sentry DSN", pattern: "https?://[0-9a-f]{32}(?::[0-9a-f]{32})?@[\\w.:-]+/\\d+" },
  { name: "PagerDuty integration address", pattern: "/integration/[0-9a-zA-Z]{32}(?:/enqueue)?\\b" },
  { name: "PagerDuty API key", pattern: "\\b[Tt]oken token=[\\w+-]{16,}" },
  { name: "Slack webhook", pattern: "hooks\\.slack\\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,}" },
  { name: "Slack token", pattern: "\\bxox[abeoprs]-[A-Za-z0-9-]{10,}" },
  { name: "Grafana token", pattern: "\\bgl(?:sa|c)_[A-Za-z0-9_+/=]{32,}" },
  { name: "Datadog key", pattern: "\\bdd[ap]_[A-Za-z0-9]{32,}" },
  { name: "Anthropic key", pattern: "\\bsk-ant-[A-Za-z0-9_-]{20,}" },
  { name: "OpenAI key", pattern: "\\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,}" },
  { name: "Groq key", pattern: "\\bgsk_[A-Za-z0-9]{20,}" },
  { name: "Google key", pattern: "\\bAIza[A-Za-z0-9_-]{30,}" },
  { name: "Hugging Face token", pattern: "\\bhf_[A-Za-z0-9]{20,}" },
  { name: "GitLab token", pattern: "\\bglpat-[A-Za-z0-9_.-]{20,}" },
  { name: "npm token", pattern: "\\bnpm_[A-Za-z0-9]{36,}" },
  { name: "Stripe signing secret", pattern: "\\bwhsec_[A-Za-z0-9]{16,}" },
  { name: "Stripe key", pattern: "\\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}" },
  { name: "private key", pattern: "-----BEGIN [A-Z ]*PRIVATE KEY-----" },
  {
    name: "JSON web token",
    pattern: "(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}",
  },
  { name: "login of HTTP", pattern: "\\b(?:Basic|Bearer) (?=[\\w.~+/-]*\\d)[\\w.~+/-]{16,}={0,2}" },
  {
    name: "address with a password",
    pattern: "(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://[^\\s/:@\"']+:[^\\s/:@\"']{3,}@[\\w.-]+",
  },
];

/** As `secretNames`, but for `token`: where people count tokens of language models, that word is no secret's. */
export const secretNamesButTokens =
  "(?:api|app|application|access|auth|integration|routing|service|signing|encryption|private|secret|license|shared|account)[_.-]?keys?" +
  "|pass(?:word|wd|phrase)s?|secrets?|credentials?|webhook(?:[_.-]?url)?|dsn";

/** Ends of names whose values are secrets, in any case: `integrationKey`, `GF_ADMIN_PASSWORD`, `sentry.token`. */
export const secretNames = `(?:${secretNamesButTokens}|tokens?)`;
