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
const COMPLAINT_CHARS = 400;
/** More than anybody writes for people, or as answers, between two requests. */
const LINES_MAX = 10_000;
/** What was written is read within that, once the program has ended; what keeps its pipes longer is not its. */
const REST_MS = 200;

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
  /** Lines since it was asked last. */
  private _unasked = 0;
  /** The end of what it wrote on its standard error. */
  private _complaints = "";
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
    child.stdin?.on("error", () => {});
    child.stdout?.on("data", (bytes: Buffer) => this.#output(bytes));
    child.stderr?.on("data", (bytes: Buffer) => {
      this._complaints = `${this._complaints}${bytes}`.slice(-LINE_BYTES_MAX);
    });
    // What it leaves in the background is no BMC.
    child.once("exit", () => this.kill());
    watchOver(this);
    this.gone = new Promise((resolve) => {
      child.once("error", (error) => resolve(`${name} cannot be started: ${error.message}`));
      child.once("close", (code, signal) => resolve(this._failed ?? this.#ended(code, signal)));
    });
    this.gone.finally(() => release(this));
  }

  ask(request: Uint8Array): void {
    this._unasked = 0;
    if (this._child.stdin?.writable === true) this._child.stdin.write(`${hex(request)}\n`);
  }

  kill(): void {
    const { pid, exitCode, signalCode } = this._child;
    if (pid === undefined) return;
    setTimeout(() => this.#letGo(), REST_MS).unref();
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // The group is gone; or its leader is, and nothing of it can be ended any more.
      if (exitCode === null && signalCode === null) this._child.kill("SIGKILL");
    }
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `ended with status ${code}` : `was ended by ${signal}`;
    const said = this._complaints.trimEnd().split("\n").at(-1)?.trim() ?? "";
    return `${this._name} ${how}${said === "" ? "" : `: ${said.slice(-COMPLAINT_CHARS)}`}`;
  }

  /** Something that got out of its group may have its pipes still. */
  #letGo(): void {
    for (const pipe of [this._child.stdin, this._child.stdout, this._child.stderr]) pipe?.destroy();
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
    this._unasked++;
    if (this._unasked > LINES_MAX) {
      return this.#fail(`wrote more than ${LINES_MAX} lines without being asked anything`);
    }
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
