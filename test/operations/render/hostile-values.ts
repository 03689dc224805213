/** Values that somebody in a hurry, or with bad intent, gives a key. */
import fc from "fast-check";
import type { Configuration } from "../../../settings/settings-file.ts";

/** What ends a text, a line, a field or an expression in YAML, Go templates, PromQL, shells, headers and markup. */
const FRAGMENTS = [
  ...["{{ .x }}", "{{", "}}", "${HOME}", "$1", "$$", "%s", "%zz", "%2F", "`id`", "$(id)", "{a,b}"],
  ...["\n", "\r\n", "\t", "\0", "\u2028", "\u00a0", "\ufeff", "\u202e", "\u200b", "\ud800"],
  ...["'", '"', "\\", "\\n", "''", "#", " #x", ": ", "- ", "? ", "&a ", "*a", "!!x ", "| ", "> ", "@", "%"],
  ...[
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    "<b>",
    "&amp;",
    "..",
    "/../",
    "//",
    "/",
    ".",
    "-",
    "_",
    "~",
    "^",
    "=",
    "é",
    "ß",
    "日本",
    "😀",
  ],
];
/** What YAML, JavaScript or Go may read as something else. */
const WORDS = [
  ...[
    "",
    " ",
    "null",
    "~",
    "true",
    "on",
    "off",
    "yes",
    "no",
    "y",
    "n",
    "1e3",
    "0o17",
    "017",
    "0x1f",
    "1_000",
  ],
  ...[".inf", ".nan", "NaN", "Infinity", "-0", "2026-11-30", "12:30:45", "1.0", "<<", "=", "__proto__"],
];
const ADDRESSES = [
  ...[
    "https://user:password@a.example",
    "https://a.example.",
    "https://a.example:443",
    "https://a.example:0443",
  ],
  ...[
    "https://[::1]:8080",
    "https://[::ffff:127.0.0.1]",
    "https://[fe80::1%25eth0]",
    "https://127.1",
    "https://0x7f.1",
  ],
  ...[
    "https://xn--bcher-kva.example",
    "https://bücher.example",
    "HTTPS://A.EXAMPLE",
    "https://a_b.example",
    "https://a.example/%7Ex",
  ],
  ...[
    "https://a.example/x;y=1",
    "https://a.example/'x'",
    "https://a.example/$x",
    "https://a.example/(x)*!",
    "http://localhost:1",
  ],
  ...[
    "a.example:443",
    "a.example.:443",
    "[::1]:443",
    "127.0.0.1:1",
    "A.Example:65535",
    "a_b:1",
    "1.2.3.4.5:1",
    "-a:1",
    "a:0443",
  ],
  ...[
    "::",
    "::1",
    "0.0.0.0",
    "127.0.0.1",
    "::ffff:1.2.3.4",
    "unix:///run/docker.sock",
    "ssh://a@b:22",
    "ssh://[::1]",
    "tcp://127.0.0.1:1",
  ],
];

const NUMBERS = [0, -0, 1, -1, 2, 0.5, 1e3, 1e21, 1e-7, 65_535, 2 ** 31, 2 ** 53, Number.NaN];

function at(configuration: Configuration, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, part) => (value as Configuration | undefined)?.[part], configuration);
}

/** A good text with something in it, or in other letters. */
const spoilt = (good: string) =>
  fc.oneof(
    fc
      .tuple(fc.nat(good.length), fc.constantFrom(...FRAGMENTS))
      .map(([place, fragment]) => good.slice(0, place) + fragment + good.slice(place)),
    fc.constantFrom(
      good,
      good.toUpperCase(),
      ` ${good}`,
      `${good} `,
      good.repeat(2),
      good.slice(1),
      good.slice(0, -1),
    ),
  );

/** Of one key, by the value that it has. */
export function hostileValues(configuration: Configuration, key: string): fc.Arbitrary<unknown> {
  const good = at(configuration, key);
  const items = Array.isArray(good) ? good.map(String) : [];
  const text = typeof good === "string" && good !== "" ? good : "name";
  const any = fc.oneof(
    { weight: 4, arbitrary: spoilt(text) },
    fc.constantFrom(...WORDS, ...ADDRESSES),
    fc.constantFrom(...NUMBERS),
    fc.boolean(),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.jsonValue({ maxDepth: 1 }),
  );
  if (!Array.isArray(good)) return any;
  const item = fc.oneof(spoilt(items[0] ?? "a@b.example"), fc.constantFrom(...items, ...WORDS, ...ADDRESSES));
  return fc.oneof(
    { weight: 3, arbitrary: fc.array(item, { maxLength: 4 }) },
    fc.shuffledSubarray(items),
    any,
  );
}
