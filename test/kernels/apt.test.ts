import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { OwnApt } from "../../src/kernels/apt.ts";

let folder = "";

/**
 * An apt-get that takes no second one beside itself, as the real one, and that is not done before
 * `go` is there.
 */
const APT_GET = `#!/bin/sh
[ "$1" = --version ] && exit 0
echo begins >>"$HOME/log"
mkdir "$HOME/busy" || exit 100
while [ ! -e "$HOME/go" ]; do sleep 0.01; done
: >"$HOME/cache/apt/state/lists/some_Packages"
rmdir "$HOME/busy"
echo ends >>"$HOME/log"
`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "apt-"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "apt-get"), APT_GET, { mode: 0o755 });
  vi.stubEnv("HOME", folder);
  vi.stubEnv("PATH", `${join(folder, "bin")}:${process.env["PATH"]}`);
  vi.stubEnv("BASEBOARD_CACHE", join(folder, "cache"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

// Goal: of two `kernels add` at once the second waits, and says so. Method: whoever has the index
// keeps it until the other one has said that it waits.
test("the index is fetched by one process at a time", async () => {
  const told: string[] = [];
  const tell = (text: string) => {
    told.push(text);
    writeFileSync(join(folder, "go"), "");
  };
  const [first, second] = [new OwnApt(undefined, tell), new OwnApt(undefined, tell)];
  expect(await Promise.all([first.update(), second.update()])).toEqual([undefined, undefined]);
  expect(told).toEqual([expect.stringMatching(/^waiting for another `kernels add`/)]);
  expect(readFileSync(join(folder, "log"), "utf8")).toBe("begins\nends\nbegins\nends\n");
});
