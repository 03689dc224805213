/** A picture of what happened when. Times are milliseconds since 1970. */

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Mark extends Stretch {
  readonly kind: "good" | "bad" | "plain" | "faint";
  /** What is told where somebody points at it. */
  readonly title: string;
}

export interface Lane {
  readonly name: string;
  readonly marks: readonly Mark[];
}

/** A measured value beside its limit. */
export interface Curve {
  readonly name: string;
  readonly limit: number;
  /** In order; a value that is not finite is a gap. */
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

export interface Timeline extends Stretch {
  /** What is seen, for who does not see it. */
  readonly label: string;
  readonly timeZone: string;
  /** Of which nothing is known. */
  readonly unknown: readonly Stretch[];
  readonly curve?: Curve | undefined;
  readonly lanes: readonly Lane[];
}
