/**
 * Run once after `npm ci`, by the Node.js that `npm run` uses: on Linux the one that npm installed, elsewhere the machine's.
 * It is plain JavaScript of long ago, so that an old Node.js gets to say that it is too old.
 */
const { satisfies } = require("semver");
const { engines } = require("../../package.json");

/** The first release of each line that is without the holes of October 2026 (remote code by Brotli, names in TLS). */
const MENDED = "^22.23.4 || ^24.22.1 || >=26.12.1";

if (!satisfies(process.version, engines.node)) {
  console.error(
    `This needs Node.js ${engines.node}, and npm runs it with ${process.version} (${process.execPath}).\n` +
      "Install Node.js 24 (https://nodejs.org/en/download) and run the command again.",
  );
  process.exitCode = 1;
} else if (!satisfies(process.version, MENDED)) {
  console.error(
    `Node.js ${process.version} (${process.execPath}) has known security holes; ${MENDED} has them mended.\n` +
      "It will do for now: https://nodejs.org/en/blog/vulnerability/october-2026-security-releases",
  );
}
