import { type ChildProcess, spawn } from "node:child_process";
import { childEnvironment } from "./child-environment.ts";
import { SeatError } from "./errors.ts";
import { type Living, release, watchOver } from "./life.ts";

export interface ToolOptions {
  readonly cwd?: string;
  readonly input?: Uint8Array;
  /** What to tell the user when the program is not there. */
  readonly remedy?: string;
}

export interface ToolResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

class RunningTool implements Living {
  readonly gone: Promise<void>;
  /** True when it was ended by us. */
  killed = false;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.gone = new Promise((resolve) => {
      child.once("close", () => resolve());
      child.once("error", () => resolve());
    });
  }

  kill(): void {
    this.killed = true;
    this.#child.kill("SIGKILL");
  }
}

/** Runs a program of the system to its end and collects what it says. Texts come in English. */
export function runTool(
  name: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, {
      cwd: options.cwd,
      env: { ...childEnvironment(), LC_ALL: "C.UTF-8" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const running = new RunningTool(child);
    watchOver(running);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on("data", (bytes: Buffer) => stderr.push(bytes));
    child.stdin.on("error", () => {});
    child.stdin.end(options.input);
    child.once("error", (error) => {
      release(running);
      reject(missing(name, error, options.remedy));
    });
    child.once("close", (code, signal) => {
      release(running);
      if (running.killed) reject(new SeatError("INTERRUPTED", `${name} was interrupted`));
      else if (signal !== null)
        reject(new SeatError("TOOL_FAILED", `${name} was ended by ${signal}`));
      else
        resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** As `runTool`, and an exit status other than 0 is an error that says the tool's last line. */
export async function runToolOk(
  name: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  const result = await runTool(name, args, options);
  if (result.code === 0) return result;
  const last = result.stderr.trim().split("\n").at(-1) ?? "";
  throw new SeatError("TOOL_FAILED", `${name} failed with status ${result.code}: ${last}`);
}

/** True when the program can be started at all. */
export async function hasTool(name: string): Promise<boolean> {
  try {
    await runTool(name, ["--version"]);
    return true;
  } catch (error) {
    if (error instanceof SeatError && error.code === "TOOL_MISSING") return false;
    throw error;
  }
}

function missing(name: string, error: Error, remedy: string | undefined): SeatError {
  const text = `cannot start ${name}: ${error.message}`;
  return new SeatError("TOOL_MISSING", text, remedy ?? `install ${name}`);
}
