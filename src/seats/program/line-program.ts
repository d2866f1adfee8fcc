import { type ChildProcess, spawn } from "node:child_process";
import { hex, parseHex } from "../../ipmi/message.ts";
import { childEnvironment } from "../../programs/child-environment.ts";
import { errorText } from "../../programs/errors.ts";
import { type Living, release, watchOver } from "../../programs/life.ts";
import { LineReader } from "../../programs/lines.ts";
import type { OutsideApplication, Said } from "./application.ts";

/** The longest message of all interfaces has 255 bytes, each of which is three characters. */
const LINE_BYTES_MAX = 4_096;
const SHOWN_CHARS = 60;

/**
 * A program of the user's own that carries requests out. A line on its standard input is a request, a line
 * on its standard output a response, each as bytes in hexadecimal: `18 01`, `1c 01 00 20 ...`.
 * `attention on` and `attention off` are about SMS_ATN; what follows a `#` is for people.
 */
export class LineProgram implements OutsideApplication, Living {
  readonly fresh = true;
  readonly gone: Promise<string>;
  private readonly _name: string;
  private readonly _said: Said;
  private readonly _child: ChildProcess;
  private readonly _lines = new LineReader((line) => this.#line(line));
  private _openBytes = 0;
  private _complaint = "";
  private _failed: string | undefined;

  /** `command` is for a shell. */
  constructor(command: string, name: string, said: Said) {
    this._name = name;
    this._said = said;
    // A group of its own, so that what the shell has started goes with it.
    const child = spawn("sh", ["-c", command], {
      detached: true,
      env: childEnvironment(),
      stdio: ["pipe", "pipe", "pipe"],
    });
    this._child = child;
    const complaints = new LineReader((line) => {
      this._complaint = line.slice(0, LINE_BYTES_MAX);
    });
    child.stdin?.on("error", () => {});
    child.stdout?.on("data", (bytes: Buffer) => this.#output(bytes));
    child.stderr?.on("data", (bytes: Buffer) => complaints.feed(bytes));
    watchOver(this);
    this.gone = new Promise((resolve) => {
      child.once("error", (error) => resolve(`${name} cannot be started: ${error.message}`));
      child.once("close", (code, signal) => {
        complaints.end();
        resolve(this._failed ?? this.#ended(code, signal));
      });
    });
    this.gone.finally(() => release(this));
  }

  ask(request: Uint8Array): void {
    if (this._child.stdin?.writable === true) this._child.stdin.write(`${hex(request)}\n`);
  }

  kill(): void {
    const { pid, exitCode, signalCode } = this._child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // The group is gone; or its leader is, and nothing of it can be ended any more.
      if (exitCode === null && signalCode === null) this._child.kill("SIGKILL");
    }
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `ended with status ${code}` : `was ended by ${signal}`;
    return `${this._name} ${how}${this._complaint === "" ? "" : `: ${this._complaint}`}`;
  }

  #output(bytes: Buffer): void {
    if (this._failed !== undefined) return;
    const last = bytes.lastIndexOf(0x0a);
    this._openBytes = last === -1 ? this._openBytes + bytes.length : bytes.length - last - 1;
    if (this._openBytes > LINE_BYTES_MAX) {
      return this.#fail(`wrote more than ${LINE_BYTES_MAX} bytes without a line's end`);
    }
    this._lines.feed(bytes);
  }

  #line(line: string): void {
    if (this._failed !== undefined) return;
    const text = line.replace(/#.*/, "").trim();
    if (text === "") return;
    const attention = /^attention (on|off)$/.exec(text);
    if (attention !== null) return this._said.attention(attention[1] === "on");
    try {
      this._said.response(parseHex(text));
    } catch (error) {
      const shown = JSON.stringify(text.slice(0, SHOWN_CHARS));
      this.#fail(`wrote ${shown}, which is no message: ${errorText(error)}`);
    }
  }

  #fail(what: string): void {
    this._failed = `${this._name} ${what}`;
    this.kill();
  }
}
