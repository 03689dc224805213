import { expect, it } from "vitest";
import { librariesIn } from "../../../../../local/platforms/docker/published/libraries.ts";

it("reads what ldd says", () => {
  const listing = `
	linux-vdso.so.1 (0x00007ffe5a1f2000)
	libstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f1c00000000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f1bff000000)
	/lib64/ld-linux-x86-64.so.2 (0x00007f1c01000000)
`;
  expect(librariesIn(listing)).toEqual([
    "/lib/x86_64-linux-gnu/libstdc++.so.6",
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/lib64/ld-linux-x86-64.so.2",
  ]);
});

it("refuses a binary that would not run", () => {
  expect(() => librariesIn("\tlibfoo.so.1 => not found\n")).toThrow(/libfoo\.so\.1/);
});
