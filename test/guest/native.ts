import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "../../src/assert.ts";
import { compileGuest } from "../../src/guest/compile.ts";
import { staticElf } from "../../src/guest/elf.ts";
import type { GuestProgram } from "../../src/guest/program.ts";
import { type Report, ReportReader } from "../../src/guest/reports.ts";

/** A guest program that runs as a process of this machine, and reports to its standard output. */
export interface NativeRun {
  readonly child: ChildProcess;
  /** All reports, once the program has ended well. */
  readonly reports: Promise<readonly Report[]>;
}

/** Compiles a program for standard output and starts it. */
export function startNative(program: GuestProgram): NativeRun {
  const folder = mkdtempSync(join(tmpdir(), "baseboard-guest-"));
  const path = join(folder, "guest");
  writeFileSync(path, staticElf(compileGuest(program, "fd")), { mode: 0o755 });
  const child = spawn(path, [], { stdio: ["ignore", "pipe", "inherit"] });
  const { stdout } = child;
  assert(stdout !== null, "standard output is a pipe");
  const reader = new ReportReader();
  const read: Report[] = [];
  stdout.on("data", (bytes: Uint8Array) => read.push(...reader.push(bytes)));
  const reports = new Promise<readonly Report[]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      rmSync(folder, { recursive: true, force: true });
      read.push(...reader.end());
      if (code === 0) resolve(read);
      else reject(new Error(`the program ended with ${code ?? signal}`));
    });
  });
  return { child, reports };
}

export function runNative(program: GuestProgram): Promise<readonly Report[]> {
  return startNative(program).reports;
}
