import { describe, expect, test } from "vitest";
import { renderPolicyDocument } from "../../../../../local/platforms/aws/provider/render-policy-document.ts";

describe("getPolicyDocument", () => {
  test("renders statements as the official provider does", () => {
    const { json, minifiedJson } = renderPolicyDocument({
      policyId: "publish",
      statements: [
        {
          sid: "Publish",
          actions: ["sns:Publish"],
          resources: ["arn:aws:sns:eu-west-1:123456789012:critical"],
          principals: [
            { type: "Service", identifiers: ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"] },
          ],
          conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: ["123456789012"] }],
        },
        {
          effect: "Deny",
          notActions: ["s3:Get*", "s3:List*"],
          notResources: ["*"],
          principals: [{ type: "*", identifiers: ["*"] }],
        },
      ],
    });
    expect(json).toBe(`{
  "Version": "2012-10-17",
  "Id": "publish",
  "Statement": [
    {
      "Sid": "Publish",
      "Effect": "Allow",
      "Action": "sns:Publish",
      "Resource": "arn:aws:sns:eu-west-1:123456789012:critical",
      "Principal": {
        "Service": [
          "cloudwatch.amazonaws.com",
          "budgets.amazonaws.com"
        ]
      },
      "Condition": {
        "StringEquals": {
          "aws:SourceAccount": "123456789012"
        }
      }
    },
    {
      "Effect": "Deny",
      "NotAction": [
        "s3:List*",
        "s3:Get*"
      ],
      "NotResource": "*",
      "Principal": "*"
    }
  ]
}`);
    expect(minifiedJson).toBe(JSON.stringify(JSON.parse(String(json))));
  });

  test("merges sources, then statements, then overrides, by Sid", () => {
    const source = JSON.stringify({ Statement: { Sid: "A", Effect: "Allow", Action: "a:A", Resource: "*" } });
    const override = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Sid: "B", Effect: "Deny", Action: "b:B", Resource: "*" }],
    });
    const { json } = renderPolicyDocument({
      sourcePolicyDocuments: [source],
      statements: [
        { sid: "B", actions: ["b:B"], resources: ["*"] },
        { actions: ["c:C"], resources: ["*"] },
      ],
      overridePolicyDocuments: [override],
    });
    const { Statement } = JSON.parse(String(json)) as { Statement: { Sid?: string; Effect: string }[] };
    expect(Statement.map(({ Sid, Effect }) => [Sid, Effect])).toEqual([
      ["A", "Allow"],
      ["B", "Deny"],
      [undefined, "Allow"],
    ]);
  });

  test("&{...} stands for a policy variable", () => {
    const home = `arn:aws:s3:::homes/$${"{aws:username}"}/*`;
    const { json } = renderPolicyDocument({
      statements: [{ actions: ["s3:*"], resources: ["arn:aws:s3:::homes/&{aws:username}/*"] }],
    });
    expect(json).toContain(home);
  });

  test("escapes as the official provider's language does", () => {
    const { minifiedJson } = renderPolicyDocument({
      statements: [{ actions: ["a:b"], resources: ["x<&>y"] }],
    });
    expect(minifiedJson).toContain('"Resource":"x\\u003c\\u0026\\u003ey"');
  });

  test.each([
    [{ statement: [] }, /statement/],
    [{ statements: [{ effect: "allow" }] }, /statements\.0\.effect: must be one of Allow, Deny/],
    [{ statements: [{ sid: "a b" }] }, /sid: must hold letters and digits only/],
    [{ statements: [{ sid: "A" }, { sid: "A" }] }, /the Sid A is used twice/],
    [{ version: "2008-10-17", statements: [{ resources: ["&{x}"] }] }, /version 2008-10-17 does not have/],
    [{ sourcePolicyDocuments: ["{"] }, /sourcePolicyDocuments\.0: must be valid JSON/],
  ])("refuses %j", (args, problem) => {
    expect(() => renderPolicyDocument(args)).toThrow(problem);
  });
});
