import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, vi } from "vitest";

/** Our own processes by these names, or of QEMU's programs, outlive no test. */
const OURS = /^(qemu|timeout$|setpriv$)/;

/** Process ids of the QEMUs, and of what they run in, that this process or `parent` started. */
export function startedBy(parent = process.pid): readonly number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,comm="]).toString().trim();
  const all = rows.split("\n").map((row) => {
    const [pid = "", ppid = "", state = "", name = ""] = row.trim().split(/\s+/);
    return { pid: Number(pid), ppid: Number(ppid), state, name };
  });
  const children = (of: number) => all.filter(({ ppid }) => ppid === of);
  const ours = children(parent).filter(({ name, state }) => OURS.test(name) && state !== "Z");
  return ours.flatMap(({ pid }) => [pid, ...children(pid).map((child) => child.pid)]);
}

/** In each test of the file: no process and no file of a seat is left when it is over. */
export function leavesNothing(): void {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "peers-"));
    vi.stubEnv("TMPDIR", folder);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    expect(startedBy()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    rmdirSync(folder);
  });
}
