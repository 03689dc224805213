/** AWS's own documents of Systems Manager that the stack's associations run on the hosts. */
export const associationDocuments = {
  install: "AWS-ConfigureAWSPackage",
  configure: "AmazonCloudWatch-ManageAgent",
} as const;

/** ARNs of these: they belong to no account. */
export function associationDocumentArns(region: string): string[] {
  return Object.values(associationDocuments).map((name) => `arn:aws:ssm:${region}::document/${name}`);
}
