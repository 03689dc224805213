/** What Sentry's API takes in a request's body. */
import { z } from "zod";

export const REQUIRED = "This field is required.";
export const name = z.string(REQUIRED).trim().min(1, "This field may not be blank.");
const slug = z
  .string()
  .max(50, "Ensure this field has no more than 50 characters.")
  .regex(
    /^(?![0-9]+$)[a-z0-9_-]+$/,
    "Enter a valid slug: lowercase letters, numbers, underscores or hyphens.",
  );

export const team = z.object({ name: name.max(64), slug: slug.optional() });

export const project = z.object({
  name: name.max(200),
  slug: slug.optional(),
  platform: z.string().nullish(),
  resolveAge: z.int().min(0).optional(),
  digestsMinDelay: z.int().min(60).max(3600).optional(),
  digestsMaxDelay: z.int().min(60).max(3600).optional(),
});

/** Only of a new project: whether Sentry adds its own alert. */
export const newProject = project.extend({ default_rules: z.boolean().default(true) });

export const key = z.object({
  name: name.max(64).optional(),
  rateLimit: z.object({ count: z.int().min(0), window: z.int().min(0).max(86_400) }).nullish(),
});

export const filter = z.object({ active: z.boolean(REQUIRED) });

export const ownership = z.object({
  raw: z.string().max(100_000).optional(),
  fallthrough: z.boolean().optional(),
  autoAssignment: z
    .enum(["Auto Assign to Issue Owner", "Auto Assign to Suspect Commits", "Turn off Auto-Assignment"])
    .optional(),
});
