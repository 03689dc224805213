import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkConfiguration, readConfiguration } from "../../../local/host/configuration.ts";
import { checkInputs, normalise } from "../../../local/host/validation.ts";
import { secret, UNKNOWN } from "../../../toolkit/property-values.ts";

const PASSWORD = "sentinel-password-71b3";

const schema = z
  .strictObject({
    name: z.string().min(3),
    size: z.number().default(1),
    mode: z.enum(["fast", "slow"]),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    document: z
      .string()
      .refine((text) => text.startsWith("{"), "must be a JSON object")
      .optional(),
    target: z
      .union([z.strictObject({ url: z.url() }), z.strictObject({ port: z.number(), host: z.string() })])
      .optional(),
  })
  .refine(({ minimum = 0, maximum = 0 }) => minimum <= maximum, {
    path: ["minimum"],
    message: "must not exceed maximum",
  });

const mistakes = (inputs: Record<string, unknown>) => checkInputs(schema, inputs).mistakes;

describe("checking inputs", () => {
  it("fills in defaults and keeps secrets secret", () => {
    const given = { name: secret("abc"), mode: "fast" };
    expect(checkInputs(schema, given)).toEqual({ inputs: { ...given, size: 1 }, mistakes: [] });
  });

  it("names every mistake at once, with its property", () => {
    expect(mistakes({ nam: "abc", mode: "medium", size: "big" })).toEqual([
      '"name": is required, but missing',
      '"size": Invalid input: expected number, received string',
      '"mode": Invalid option: expected one of "fast"|"slow"',
      'there is no input "nam" (misspelt?)',
    ]);
  });

  it("says of a missing choice that it is missing", () => {
    expect(mistakes({ name: "abc" })).toEqual(['"mode": is required, but missing']);
  });

  it("explains the alternative that is closest", () => {
    expect(mistakes({ name: "abc", mode: "fast", target: { port: 80, host: 5 } })).toEqual([
      '"target.host": Invalid input: expected string, received number',
    ]);
  });

  it("quotes no secret, whatever the schema's own message says", () => {
    const quoting = z.strictObject({
      key: z.string().superRefine((key, context) => context.addIssue(`bad key ${key}`)),
    });
    const short = checkInputs(quoting, { key: secret("abc") });
    const long = checkInputs(quoting, { key: secret(PASSWORD) });
    expect(short.mistakes).toEqual(['"key": bad key [secret]']);
    expect(long.mistakes).toEqual(['"key": bad key [secret]']);
  });

  describe("while some are unknown", () => {
    it("refuses nothing that may still come right", () => {
      expect(mistakes({ name: UNKNOWN, mode: UNKNOWN, target: { url: UNKNOWN } })).toEqual([]);
      expect(mistakes({ name: "abc", mode: "fast", minimum: 5, maximum: UNKNOWN })).toEqual([]);
    });

    it("still refuses what is wrong in any case", () => {
      expect(mistakes({ name: UNKNOWN, mode: "medium", document: "[]", extra: 1 })).toEqual([
        '"mode": Invalid option: expected one of "fast"|"slow"',
        'there is no input "extra" (misspelt?)',
        '"document": must be a JSON object',
      ]);
    });

    it("fills in the defaults of the others, so that a preview shows no false change", () => {
      expect(checkInputs(schema, { name: UNKNOWN, mode: "fast" }).inputs).toEqual({
        name: UNKNOWN,
        mode: "fast",
        size: 1,
      });
    });

    it("keeps an unknown secret as it is", () => {
      const given = { name: secret(UNKNOWN), mode: "fast", size: 2 };
      expect(checkInputs(schema, given)).toEqual({ inputs: given, mistakes: [] });
    });
  });

  it("leaves alone what the schema refuses when only comparing", () => {
    expect(normalise(schema, { strange: 1, size: undefined })).toEqual({ strange: 1 });
  });
});

describe("a provider's own inputs", () => {
  const configuration = z.strictObject({
    token: z.string(),
    retries: z.number().optional(),
    endpoints: z.array(z.strictObject({ sns: z.url() })).optional(),
  });

  it("come as JSON where they are no texts", () => {
    const given = {
      token: secret("123"),
      retries: "3",
      endpoints: '[{"sns":"http://127.0.0.1:8103"}]',
      version: "7.48.0",
    };
    expect(readConfiguration(configuration, given)).toEqual({
      token: "123",
      retries: 3,
      endpoints: [{ sns: "http://127.0.0.1:8103" }],
    });
  });

  it("are refused by name, without quoting a secret", () => {
    const refused = checkConfiguration(configuration, {
      token: secret(PASSWORD),
      retries: "many",
      region: "x",
    });
    expect(refused).toEqual([
      '"retries": Invalid input: expected number, received string',
      'there is no input "region" (misspelt?)',
    ]);
    expect(() => readConfiguration(configuration, {})).toThrow('"token": is required, but missing');
  });
});
