/** Loaded before a command: whatever it fetches is answered with what was recorded, and nothing leaves the machine. */
import { recorded } from "./recorded.ts";

const ask = recorded();
globalThis.fetch = (input) => ask(String(input));
