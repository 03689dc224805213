/** Times as budgets have them: `2026-01-01_00:00`, in UTC. */

export function asDate(text: string): Date {
  return new Date(`${text.replace("_", "T")}:00Z`);
}

export function asMoment(date: Date): string {
  return date.toISOString().slice(0, 16).replace("T", "_");
}

export function thisMonth(): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
}
