import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";

/** A folder that each test of a file has anew, with the cache of kernels in it. */
export function ownCache(): { readonly folder: string } {
  const own = { folder: "" };
  beforeEach(() => {
    own.folder = mkdtempSync(join(tmpdir(), "kernels-"));
    vi.stubEnv("BASEBOARD_CACHE", join(own.folder, "cache"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(own.folder, { recursive: true, force: true });
  });
  return own;
}
