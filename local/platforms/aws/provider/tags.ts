type Tags = Readonly<Record<string, string>>;

/** Tags as most of AWS's APIs want them. */
export function tagList(tags: Tags | undefined): { Key: string; Value: string }[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags as the provider has them. */
export function tagRecord(
  list: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): Record<string, string> {
  return Object.fromEntries((list ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}

interface TagCalls {
  remove(keys: string[]): Promise<unknown>;
  add(tags: Record<string, string>): Promise<unknown>;
}

/** Makes `current` into `wanted`, with no call where there is nothing to change. */
export async function changeTags(current: Tags, wanted: Tags | undefined, calls: TagCalls): Promise<void> {
  const gone = Object.keys(current).filter((key) => wanted?.[key] === undefined);
  const added = Object.entries(wanted ?? {}).filter(([key, value]) => current[key] !== value);
  if (gone.length > 0) await calls.remove(gone);
  if (added.length > 0) await calls.add(Object.fromEntries(added));
}
