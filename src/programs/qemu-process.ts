import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { Duplex } from "node:stream";
import { assert } from "../assert.ts";
import { childEnvironment } from "./child-environment.ts";
import { SeatError } from "./errors.ts";
import { type Living, release, watchOver } from "./life.ts";
import type { Qemu } from "./qemu-probe.ts";

/** How QEMU ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderrTail: string;
}

/** Added to a signal's number, it is how a program that ran QEMU for us tells what ended it. */
const SIGNAL_STATUS = 128;

/** Why it ended, in a few words. */
export function exitText({ code, signal, stderrTail }: Exit): string {
  if (signal !== null) return `QEMU was killed by ${signal}`;
  if (code !== null && code > SIGNAL_STATUS) {
    return `QEMU was killed by signal ${code - SIGNAL_STATUS}`;
  }
  const last = stderrTail.trim().split("\n").at(-1) ?? "";
  return `QEMU ended with status ${code}${last === "" ? "" : `: ${last}`}`;
}

/** Of what QEMU complains the end is enough. */
const STDERR_TAIL_CHARACTERS = 4_096;
/** The first of the file descriptors that are passed beyond the standard three. */
const FIRST_SOCKET_FD = 3;

/** A running QEMU with some socket pairs to it, numbered from 3. */
export class QemuProcess implements Living {
  /** Settles after the last byte of all its streams. */
  readonly gone: Promise<Exit>;
  /** True when it was ended by us. */
  killed = false;
  readonly #child: ChildProcess;
  #stderr = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on("data", (bytes: Buffer) => {
      this.#stderr = (this.#stderr + bytes.toString()).slice(-STDERR_TAIL_CHARACTERS);
    });
    this.gone = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        release(this);
        resolve({ code, signal, stderrTail: this.#stderr.trim() });
      });
    });
    watchOver(this);
  }

  static start(
    qemu: Pick<Qemu, "program" | "guard">,
    args: readonly string[],
    sockets: number,
  ): Promise<QemuProcess> {
    const extra = Array.from({ length: sockets }, () => "pipe" as const);
    const stdio: StdioOptions = ["ignore", "ignore", "pipe", ...extra];
    const [program = qemu.program, ...rest] = [...qemu.guard, qemu.program, ...args];
    const child = spawn(program, rest, { stdio, env: childEnvironment() });
    const process = new QemuProcess(child);
    return new Promise((resolve, reject) => {
      child.once("error", (error) => {
        release(process);
        reject(new SeatError("QEMU_MISSING", `cannot start ${program}: ${error.message}`));
      });
      child.once("spawn", () => resolve(process));
    });
  }

  /** Our end of the socket pair whose other end is the child's `fd`. */
  socket(fd: number): Duplex {
    const stream: Readable | Duplex | unknown = this.#child.stdio[fd];
    assert(stream instanceof Duplex, "the descriptor was asked for");
    stream.on("error", () => {});
    return stream;
  }

  kill(): void {
    this.killed = true;
    this.#child.kill("SIGKILL");
  }
}

/** Hands out the numbers of the socket pairs' ends in the child. */
export class SocketNumbers {
  #next = FIRST_SOCKET_FD;

  take(): number {
    return this.#next++;
  }

  get count(): number {
    return this.#next - FIRST_SOCKET_FD;
  }
}
