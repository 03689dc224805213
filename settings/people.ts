/** How people are reached: email, phone, Slack. */
import { z } from "zod";
import { text } from "./values.ts";

const EMAIL = "an email address";
/**
 * RFC 5321, section 4.5.3.1: 64 characters before the @, 254 in all (RFC 3696, erratum 1690). Zod's pattern is the one of
 * mail providers: it has no commas and braces, of which Alertmanager would make two addresses, or a template.
 */
export const email = z
  .email(EMAIL)
  .max(254, `${EMAIL}, at most 254 characters long`)
  .refine((value) => value.lastIndexOf("@") <= 64, `${EMAIL}, at most 64 characters before the @`)
  .refine((value) => !/@.*(-\.|[^.]{64})/.test(value), EMAIL);

/** ITU-T E.164: at most 15 digits. */
export const phoneNumber = text(/^\+[1-9]\d{6,14}$/, "a phone number such as +15550100123");

/**
 * Slack's rule for names: no capital letters, spaces or full stops, at most 80 characters.
 * @see https://api.slack.com/methods/conversations.create
 */
export const slackChannel = text(/^#[\p{Ll}\p{Lo}\p{N}_-]{1,80}$/u, "a channel such as #alerts");
