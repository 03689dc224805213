/**
 * What gives a secret away in a text: the form of the keys of the platforms used here and of their neighbours, and names
 * that only secrets have. As data, in the regular expressions that TypeScript and Python both know: the Python package
 * has it too (`npm run ops -- generate contract`).
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
  // Platforms used here.
  { name: "AWS access key", pattern: "\\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\\b" },
  { name: "AWS Bedrock key", pattern: "\\b(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/=_-]{32,}" },
  // Since May 2026, `GITHUB_TOKEN` and an app's are `ghs_<app id>_<JSON web token>`, about 520 characters.
  {
    name: "GitHub token",
    pattern: "\\b(?:ghs_[A-Za-z0-9._-]{36,}|gh[opru]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})",
  },
  { name: "Pulumi access token", pattern: "\\bpul-[0-9a-f]{40}\\b" },
  // Of an organization, a user, an integration, an application.
  { name: "Sentry auth token", pattern: "\\bsntry[a-z]_[A-Za-z0-9+/=_-]{32,}" },
  { name: "Sentry DSN", pattern: "https?://[0-9a-f]{32}(?::[0-9a-f]{32})?@[\\w.:-]+/\\d+" },
  { name: "PagerDuty integration address", pattern: "/integration/[0-9a-zA-Z]{32}(?:/enqueue)?\\b" },
  // As its header has it, of a user, of an application.
  {
    name: "PagerDuty API key",
    pattern: "\\b(?:[Tt]oken token=[\\w+-]{16,}|u\\+[\\w-]{18}(?![\\w-])|pd(?:us|eu)\\+[\\w+-]{20,})",
  },
  {
    name: "Slack webhook",
    pattern: "hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,}",
  },
  { name: "Slack token", pattern: "\\b(?:xox[a-z]-[A-Za-z0-9%-]{10,}|xapp-\\d-[A-Za-z0-9-]{10,})" },
  { name: "Grafana token", pattern: "\\bgl(?:sa|c)_[A-Za-z0-9_+/=]{32,}" },
  { name: "Grafana API key", pattern: "\\beyJrIjoi[A-Za-z0-9+/]{32,}={0,2}" },
  { name: "Datadog key", pattern: "\\bdd[ap]_[A-Za-z0-9]{32,}" },
  { name: "UptimeRobot API key", pattern: "\\b(?:ur?|m)\\d{5,}-[0-9a-f]{24,}\\b" },
  { name: "Docker token", pattern: "\\bdckr_[a-z]at_[A-Za-z0-9_-]{20,}" },

  // Models, and what is built around them.
  { name: "Anthropic key", pattern: "\\bsk-ant-[A-Za-z0-9_-]{20,}" },
  { name: "OpenAI key", pattern: "\\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,}" },
  { name: "Groq key", pattern: "\\bgsk_[A-Za-z0-9]{20,}" },
  { name: "xAI key", pattern: "\\bxai-[A-Za-z0-9]{40,}" },
  { name: "Perplexity key", pattern: "\\bpplx-[A-Za-z0-9]{40,}" },
  { name: "Replicate token", pattern: "\\br8_[A-Za-z0-9]{32,}" },
  { name: "ElevenLabs key", pattern: "\\bsk_[0-9a-f]{48}\\b" },
  { name: "Fireworks key", pattern: "\\bfw_[A-Za-z0-9]{22,}" },
  { name: "Tavily key", pattern: "\\btvly-(?:dev-|prod-)?[A-Za-z0-9_-]{28,}" },
  { name: "Pinecone key", pattern: "\\bpcsk_[A-Za-z0-9_]{32,}" },
  { name: "LangSmith key", pattern: "\\blsv2_[a-z]{2}_[0-9a-f]{32}_[0-9a-f]{10}\\b" },
  { name: "Hugging Face token", pattern: "\\b(?:hf|api_org)_[A-Za-z0-9]{20,}" },

  // Clouds.
  { name: "Google key", pattern: "\\bAIza[A-Za-z0-9_-]{30,}" },
  { name: "Google token", pattern: "\\bya29\\.[A-Za-z0-9_-]{20,}" },
  { name: "Google client secret", pattern: "\\bGOCSPX-[A-Za-z0-9_-]{20,}" },
  { name: "Azure client secret", pattern: "(?<![\\w~.-])[\\w~.-]{3}\\dQ~[\\w~.-]{31,34}(?![\\w~.-])" },
  {
    name: "Azure key",
    pattern: "\\b[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{20,}|\\bAccountKey=[A-Za-z0-9+/]{40,}={0,2}",
  },
  { name: "Azure shared access signature", pattern: "[?&]sig=[A-Za-z0-9%+/]{40,}={0,2}" },
  { name: "DigitalOcean token", pattern: "\\bdo[a-z]_v1_[0-9a-f]{64}\\b" },
  { name: "Heroku key", pattern: "\\bHRKU-[A-Za-z0-9_-]{36,}" },
  { name: "Databricks token", pattern: "\\bdapi[0-9a-f]{32}(?:-\\d)?\\b" },
  { name: "Supabase key", pattern: "\\bsb(?:p|_secret)_[A-Za-z0-9_-]{20,}" },
  { name: "Neon key", pattern: "\\bnapi_[a-z0-9]{60,}" },
  { name: "PlanetScale token", pattern: "\\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9=._-]{32,}" },
  { name: "Netlify token", pattern: "\\bnfp_[A-Za-z0-9]{36,}" },
  { name: "Fly.io token", pattern: "\\b(?:fo1_[\\w-]{43}|fm[12][ar]?_[A-Za-z0-9+/]{80,}={0,3})" },
  { name: "Doppler token", pattern: "\\bdp\\.(?:pt|st|ct|sa|scim|audit)\\.[A-Za-z0-9_.-]{40,}" },
  { name: "Terraform Cloud token", pattern: "\\b[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_=-]{60,}" },
  { name: "Vault token", pattern: "\\bhv[sbr]\\.[A-Za-z0-9_-]{24,}" },

  // Code and packages.
  {
    name: "GitLab token",
    pattern: "\\bgl(?:pat|ptt|dt|rt|cbt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.-]{20,}",
  },
  { name: "npm token", pattern: "\\bnpm_[A-Za-z0-9]{36,}" },
  // Both begin with the place for which they are, in base64: pypi.org, test.pypi.org.
  { name: "PyPI token", pattern: "\\bpypi-Ag[A-Za-z0-9_-]{32,}" },
  { name: "RubyGems key", pattern: "\\brubygems_[0-9a-f]{48}\\b" },
  { name: "CircleCI token", pattern: "\\bCCI(?:PAT|PRJ)_[A-Za-z0-9]{22}_[0-9a-f]{40}\\b" },
  { name: "SonarQube token", pattern: "\\bsq[apu]_[0-9a-f]{40}\\b" },
  { name: "Sourcegraph token", pattern: "\\bsgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}\\b" },
  { name: "Postman key", pattern: "\\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\\b" },

  // What tells, mails, watches and pays.
  { name: "Atlassian token", pattern: "\\bAT(?:ATT|CTT|BB)[A-Za-z0-9_=-]{24,}" },
  { name: "Discord webhook", pattern: "discord(?:app)?\\.com/api/webhooks/\\d+/[A-Za-z0-9_-]{20,}" },
  { name: "Teams webhook", pattern: "\\.webhook\\.office\\.com/webhookb2/[A-Za-z0-9@/-]{36,}" },
  { name: "Telegram token", pattern: "(?<!\\d)\\d{8,12}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])" },
  { name: "Linear key", pattern: "\\blin_(?:api|oauth)_[A-Za-z0-9]{32,}" },
  { name: "Notion token", pattern: "\\bntn_[A-Za-z0-9]{40,}" },
  { name: "Airtable token", pattern: "\\bpat[A-Za-z0-9]{14}\\.[0-9a-f]{64}\\b" },
  { name: "Figma token", pattern: "\\bfig[doru]_[A-Za-z0-9_-]{40,}" },
  { name: "Brevo key", pattern: "\\bxkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}\\b" },
  { name: "Resend key", pattern: "\\bre_[A-Za-z0-9]{8,}_[A-Za-z0-9]{20,}" },
  { name: "SendGrid key", pattern: "\\bSG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}" },
  { name: "Mailgun key", pattern: "\\bkey-[0-9a-f]{32}\\b" },
  { name: "Twilio key", pattern: "\\bSK[0-9a-f]{32}\\b" },
  { name: "New Relic key", pattern: "\\bNR(?:AK|JS|II|RA)-[A-Za-z0-9-]{19,}|\\b[0-9a-f]{36}NRAL\\b" },
  { name: "Dynatrace token", pattern: "\\bdt0[cs]\\d{2}\\.[A-Z0-9]{8,}\\.[A-Z0-9]{32,}" },
  { name: "Honeycomb key", pattern: "\\bhc[a-z]{2}[kl]_[a-z0-9]{32,}" },
  { name: "Shopify token", pattern: "\\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\\b" },
  { name: "Square token", pattern: "\\bsq0[a-z]{3}-[A-Za-z0-9_-]{22,}" },
  { name: "Stripe signing secret", pattern: "\\bwhsec_[A-Za-z0-9+/]{16,}={0,2}" },
  { name: "Stripe key", pattern: "\\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}" },
  { name: "1Password token", pattern: "\\bops_eyJ[A-Za-z0-9+/_-]{32,}={0,2}" },

  // Of nobody's own.
  { name: "private key", pattern: "-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----" },
  { name: "age key", pattern: "\\bAGE-SECRET-KEY-1[A-Z0-9]{58}\\b" },
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
