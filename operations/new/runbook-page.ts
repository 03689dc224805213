/** The page of a new alert: every heading, its facts still to be generated, and what to write below each. */
export function runbookPage({ name, fault }: { readonly name: string; readonly fault?: string }): string {
  return `# ${name}

**Severity:**

## Meaning

TODO: What the alert sees, in the words of the person who is woken; and how it differs from its neighbours.

<!-- rules: npm run ops -- generate runbooks -->
<!-- end of rules -->

## What users feel

TODO: What a visitor or a merchant notices, or "Nothing yet".

## First checks

1. TODO: What to look at first, as something to paste:
   \`\`\`promql
   up
   \`\`\`
2. TODO: What to look at next:
   \`\`\`sh
   docker compose -f docker-compose.prod.yml ps
   \`\`\`

## Likely causes

- TODO: The most likely cause, and how it shows in the checks above.

## Mitigate

- TODO: What stops the harm, before the cause is known.

## Verify

TODO: What says that it is over.

## Whom to call

TODO: Who knows more, and after how long to wake them.

## Make it fire

${fault === undefined ? noFault(name) : withFault(fault)}
`;
}

function withFault(fault: string): string {
  return `On the local stack (\`make up\`), break it and mend it:

\`\`\`sh
curl -X POST http://127.0.0.1:8000/faults -H 'content-type: application/json' -d '{"name":"${fault}"}'
curl -X DELETE http://127.0.0.1:8000/faults/${fault}
\`\`\``;
}

const noFault = (name: string) => `\`test/rules/cases/\` proves ${name}.`;
