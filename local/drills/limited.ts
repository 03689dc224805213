/** At most `limit` at a time. @throws the first failure, once what runs has ended. */
export async function limited<Item, Result>(
  items: readonly Item[],
  limit: number,
  act: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = [...items.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, item] = next;
      try {
        results[index] = await act(item, index);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: limit }, work));
  for (const worker of workers) if (worker.status === "rejected") throw worker.reason;
  return results;
}
