import { expect, test } from "vitest";
import { scramVerifier } from "../../../operations/database/scram.ts";

test("is what PostgreSQL 16 makes of a password and its salt", () => {
  // RFC 7677's own example.
  const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
  expect(scramVerifier("pencil", salt)).toBe(
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
  );
});

test("has another salt each time", () => {
  expect(scramVerifier("pencil")).not.toBe(scramVerifier("pencil"));
});

test.each(["", "two words", "pässword"])("refuses %j", (password) => {
  expect(() => scramVerifier(password)).toThrow(RangeError);
});
