import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";
import { eventually } from "../eventually.ts";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));
const run = promisify(execFile);

/**
 * Between messages of ours, for a busy machine: ipmitool loses the second of two that it reads at once
 * (docs/findings.md).
 */
export const PAUSE_MS = "500";

/** The built command as it serves a user, in a folder of its own. */
export class Served {
  private readonly _folder = mkdtempSync(join(tmpdir(), "baseboard-served-"));
  private _child: ChildProcess | undefined;

  /** A name in its folder. */
  path(name: string): string {
    return join(this._folder, name);
  }

  /** Until its pseudo-terminal, `tty`, is there. */
  async start(mode: string, ...options: readonly string[]): Promise<void> {
    const files = ["--link", this.path("tty"), "--log", this.path("log")];
    this._child = spawn(process.execPath, [MAIN, "serve", mode, ...files, ...options], {
      stdio: "ignore",
    });
    await eventually(() => expect(existsSync(this.path("tty"))).toBe(true));
  }

  /** Ends it as Ctrl-C does, and gives its byte log. */
  async ended(): Promise<string> {
    if (this._child === undefined) throw new Error("nothing is served");
    const closed = once(this._child, "close");
    this._child.kill("SIGINT");
    expect(await closed).toEqual([0, null]);
    return readFileSync(this.path("log"), "utf8");
  }

  /** What the distribution's ipmitool says of it on both its outputs; it throws when that fails. */
  async ipmitool(mode: string, ...args: readonly string[]): Promise<string> {
    const device = `${this.path("tty")}:115200`;
    const said = await run("ipmitool", ["-I", mode, "-D", device, ...args], { timeout: 60_000 });
    return said.stdout + said.stderr;
  }

  async remove(): Promise<void> {
    const child = this._child;
    if (child?.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) {
      await once(child, "close");
    }
    rmSync(this._folder, { recursive: true, force: true });
  }
}
