import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { assert } from "../../../src/assert.ts";
import { type CaptureKind, captureScript } from "../../../src/evidence/capture/kinds.ts";

/** The shells that the script is for, as far as they are here. */
export const SHELLS: readonly (readonly [string, ...string[]])[] = [
  ["dash"] as const,
  ["busybox", "sh"] as const,
].filter(([program, ...args]) => spawnSync(program, [...args, "-c", "exit 0"]).status === 0);

const TRACING = "sys/kernel/tracing";
export const INSTANCE = `${TRACING}/instances/baseboard`;

/** Files of a machine that has what a capture of registers, or of SSIF, takes. */
const FILES: Readonly<Record<string, string>> = {
  [`${TRACING}/trace_pipe`]: "",
  [`${TRACING}/kprobe_events`]: "",
  [`${TRACING}/kprobe_profile`]: "  r_port_inb  100  0\n  others  5  7\n",
  [`${TRACING}/instances/others/trace_pipe`]: "",
  [`${TRACING}/events/smbus/enable`]: "0\n",
  "sys/module/ipmi_si/parameters/kcs_debug": "0\n",
  "sys/module/ipmi_ssif/parameters/slave_addrs": "16\n",
  "sys/class/ipmi/ipmi0/device/params": "kcs,i/o,0xca2,rsp=1,rsi=1,rsh=0,irq=0,ipmb=32\n",
  "sys/bus/i2c/drivers/ipmi_ssif/3-0010/name": "ipmi_ssif\n",
  "sys/kernel/security/lockdown": "none [integrity] confidentiality\n",
  "proc/ioports": "0080-008f : dma\n0ca2-0ca2 : ipmi_si\n",
};

/** Functions that take the place of what only root, or a kernel, can do. */
const FAKES = `
id() { echo "$FAKE_ID"; }
mount() { return 1; }
uname() { [ "$1" = -m ] && echo "$FAKE_ARCH" || echo "$FAKE_KERNEL"; }
echo() { case "$*" in *":baseboard/"*" ipmi_msghandler:$FAKE_LACKS"* | *":baseboard/"*" $FAKE_LACKS "*) return 1 ;; esac; command echo "$@"; }
sleep() { command sleep 0.01; }
dmesg() {
  echo '[    1.000000] before'
  [ ! -e "$BASEBOARD_ROOT/$FAKE_INSTANCE/trace_marker" ] || echo '[    2.000000] meanwhile'
}
mkdir() {
  command mkdir "$1" || return 1
  for each in cpu0 cpu1; do
    command mkdir -p "$1/per_cpu/$each"
    echo "$FAKE_STATS" > "$1/per_cpu/$each/stats"
  done
  for of in ask_ipmi_request_settime ask_ipmi_request_supply_msgs got_deliver_response; do
    for each in 8 64 272; do command mkdir -p "$1/events/baseboard/\${of}_$each"; done
  done
  for each in baseboard smbus/smbus_write i2c/i2c_result; do
    command mkdir -p "$1/events/$each"
    : > "$1/events/$each/filter"
  done
  if [ -n "$FAKE_TRACE" ]; then echo "$FAKE_TRACE" > "$1/trace_pipe"; else mkfifo "$1/trace_pipe"; fi
}
rmdir() { cp -r "$1" "$BASEBOARD_ROOT/removed"; rm -r "$1"; }
`;

export interface Said {
  readonly status: number | null;
  readonly out: readonly string[];
  readonly err: string;
}

/** A folder that looks to the script as a machine's /proc and /sys, and a shell that runs it there. */
export class FakeMachine {
  readonly folder = mkdtempSync(join(tmpdir(), "capture-"));
  /** What the kernel traces; empty: nothing yet, and whoever reads has to wait. */
  trace = "a line of the kernel's";
  id = 0;
  arch = "x86_64";
  /** A function of the message handler that has no probe. */
  lacks = "none";
  kernel = "6.1.0";
  stats = "entries: 0\noverrun: 0\ncommit overrun: 0\ndropped events: 0";

  constructor() {
    for (const [path, text] of Object.entries(FILES)) this.put(path, text);
  }

  put(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  remove(path: string): void {
    rmSync(this.path(path), { recursive: true });
  }

  path(path: string): string {
    return join(this.folder, path);
  }

  /** The script comes as it does over `ssh MACHINE sudo sh -s`: nothing in it may read what it is read from. */
  start(
    shell: readonly [string, ...string[]],
    kind: CaptureKind,
    args: readonly string[],
  ): ChildProcess {
    const [program, ...first] = shell;
    writeFileSync(this.path("script"), FAKES + captureScript(kind));
    const script = openSync(this.path("script"), "r");
    const child = spawn(program, [...first, "-s", "--", ...args], {
      stdio: [script, "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        BASEBOARD_ROOT: this.folder,
        FAKE_INSTANCE: INSTANCE,
        FAKE_ID: String(this.id),
        FAKE_ARCH: this.arch,
        FAKE_LACKS: this.lacks,
        FAKE_KERNEL: this.kernel,
        FAKE_TRACE: this.trace,
        FAKE_STATS: this.stats,
      },
    });
    closeSync(script);
    return child;
  }

  run(
    shell: readonly [string, ...string[]],
    kind: CaptureKind,
    args: readonly string[] = ["1"],
  ): Promise<Said> {
    return ending(this.start(shell, kind, args));
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a script says, when it has ended. */
export function ending(child: ChildProcess): Promise<Said> {
  let out = "";
  let err = "";
  child.stdout?.on("data", (bytes) => {
    out += bytes;
  });
  child.stderr?.on("data", (bytes) => {
    err += bytes;
  });
  return new Promise((resolve) => {
    child.on("close", (status) => resolve({ status, out: out.split("\n").slice(0, -1), err }));
  });
}

/** Nobody reads any more what the script prints. */
export async function hangUp({ stdout }: ChildProcess): Promise<void> {
  assert(stdout !== null, "what it prints comes through a pipe");
  const closed = once(stdout, "close");
  stdout.destroy();
  await closed;
}

/** Resolves when the script says on standard error that it is at work. */
export function begun(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.stderr?.on("data", (bytes) => {
      if (String(bytes).includes("it has begun")) resolve();
    });
  });
}
