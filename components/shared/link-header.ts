/** A `Link` header (RFC 8288): where else to look. */

interface Link {
  readonly address: string;
  /** All that follows the address, such as `; rel="next"; results="true"`. */
  readonly parameters: string;
}

export function linksOf(header: string | null): Link[] {
  return [...(header ?? "").matchAll(/<([^>]+)>([^<]*)/g)].map(([, address = "", parameters = ""]) => ({
    address,
    parameters,
  }));
}

/**
 * The query of the next page, with its `?`: the list stays at the address that the caller knows, whatever host the header
 * names. Undefined on the last page; Sentry names a next one there too, and says that it has no results.
 */
export function nextPage(header: string | null): string | undefined {
  const next = linksOf(header).find(
    ({ parameters }) => /rel="?next\b/.test(parameters) && !/results="false"/.test(parameters),
  );
  return /\?.*$/.exec(next?.address ?? "")?.[0];
}
