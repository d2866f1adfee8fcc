import type { AnswerGiven, TraceEvent } from "../../../trace/events.ts";
import type { Tracer, TraceSink } from "../../../trace/tracer.ts";
import {
  type GuestProgram,
  isKilled,
  processName,
  type Report,
  type Step,
  stepOf,
} from "../index.ts";
import { DRIVER_COMES, HOTMOD, INTERFACE_MODULES, showsDevice } from "./drivers.ts";

/** A request of the guest's, and what its response on the wire was. */
interface Open {
  readonly id: number;
  readonly netFn: number;
  readonly cmd: number;
}

/** Linux errno values that a request may be refused with, by their stable names. */
const ERRNO: Readonly<Record<number, string>> = {
  5: "EIO",
  11: "EAGAIN",
  12: "ENOMEM",
  16: "EBUSY",
  19: "ENODEV",
  22: "EINVAL",
  90: "EMSGSIZE",
};

/** What settles the requests of a user that was killed. */
const USER_GONE = "USER_GONE";

export interface GuestMilestones {
  /** Its clock runs, and its kernel's drivers may find our device. */
  mayBeKnown(): void;
  ready(): void;
  allDone(unfinished: boolean): void;
}

/**
 * Makes trace events out of what the guest's agent reports. A user space program does not see who
 * made a completion code; it is the BMC's when the BMC's last response of that command had it.
 */
export class GuestReports implements TraceSink {
  readonly #program: GuestProgram;
  readonly #tracer: Tracer;
  readonly #milestones: GuestMilestones;
  readonly #open = new Map<string, Open>();
  /** The last response of the BMC by NetFn/LUN and Cmd. */
  readonly #responses = new Map<number, Uint8Array>();
  #lastId = 0;
  #unfinished = false;

  constructor(program: GuestProgram, tracer: Tracer, milestones: GuestMilestones) {
    this.#program = program;
    this.#tracer = tracer;
    this.#milestones = milestones;
  }

  event(event: TraceEvent): void {
    if (event.e !== "bmc.response") return;
    const [netFnLun, cmd] = event.message;
    this.#responses.set(((netFnLun ?? 0) << 8) | (cmd ?? 0), event.message);
  }

  take(report: Report): void {
    if (report.kind === "garbage") return this.#console(`agent: ${report.bytes.length} bytes lost`);
    const user = processName(this.#program, report.process);
    const key = (id: number) => `${report.process}/${id}`;
    switch (report.kind) {
      case "ready":
        if (!report.setupOver) this.#console("agent: the set-up took too long");
        return this.#milestones.ready();
      case "request": {
        const { netFn, lun, cmd, data } = report;
        const id = ++this.#lastId;
        this.#open.set(key(report.id), { id, netFn, cmd });
        return this.#tracer.emit({ e: "request", id, user, netFn, lun, cmd, data });
      }
      case "refused": {
        const open = this.#open.get(key(report.id));
        this.#open.delete(key(report.id));
        if (open === undefined) return;
        const code = ERRNO[report.errno] ?? `errno ${report.errno}`;
        return this.#tracer.emit({ e: "refused", ...open, user, code });
      }
      case "answer": {
        const open = this.#open.get(key(report.id));
        this.#open.delete(key(report.id));
        if (open === undefined) return;
        return this.#tracer.emit(this.#answer(open, report.cc, report.data));
      }
      case "event":
        return this.#tracer.emit({ e: "delivered", user, what: "event", message: report.data });
      case "message":
        return this.#tracer.emit({ e: "delivered", user, what: "command", message: report.data });
      case "step-done":
        return this.#stepDone(stepOf(this.#program, report.process, report.step));
      case "step-failed":
        return this.#console(
          `agent: ${user}: ${this.#stepText(report)} failed: ${errnoText(report.errno)}`,
        );
      case "died":
        if (isKilled(this.#program, report.who)) return this.#userGone(report.who);
        return this.#console(`agent: process ${report.who} ended with status ${report.status}`);
      case "unfinished":
        this.#unfinished = true;
        return this.#console(`agent: ${processName(this.#program, report.who)} is not done`);
      case "all-done":
        return this.#milestones.allDone(this.#unfinished);
      default:
        return;
    }
  }

  /** A driver that comes may look for its device as the one before it did, and owes what that owed. */
  #stepDone(step: Step | undefined): void {
    if (step === undefined) return;
    if (showsDevice(step)) {
      this.#milestones.mayBeKnown();
    } else if (step.step === "tell" && step.what === DRIVER_COMES) {
      this.#tracer.emit({ e: "host", what: "inserted", text: "" });
    } else if (takesDriver(step)) {
      this.#tracer.emit({ e: "host", what: "removed", text: "" });
    }
  }

  /** Killed on the scenario's orders: nothing is owed to it any more. */
  #userGone(who: number): void {
    const user = processName(this.#program, who);
    this.#console(`agent: ${user} was killed`);
    for (const [key, open] of this.#open) {
      if (!key.startsWith(`${who}/`)) continue;
      this.#open.delete(key);
      this.#tracer.emit({ e: "refused", ...open, user, code: USER_GONE });
    }
  }

  #answer({ id, netFn, cmd }: Open, cc: number, data: Uint8Array): AnswerGiven {
    const response = this.#responses.get(((netFn | 1) << 10) | cmd);
    const sameCode = response !== undefined && response[2] === cc;
    return { e: "answer", id, cc, maker: sameCode ? "bmc" : "host-interface", data, tag: 0 };
  }

  #stepText(report: { readonly process: number; readonly step: number }): string {
    const step = stepOf(this.#program, report.process, report.step);
    if (step === undefined) return `step ${report.step}`;
    return "path" in step ? `${step.step} ${step.path}` : step.step;
  }

  #console(text: string): void {
    this.#tracer.emit({ e: "console", text });
  }
}

function takesDriver(step: Step): boolean {
  if (step.step === "remove-module") return INTERFACE_MODULES.includes(step.name);
  if (step.step === "copy-file") return step.path === HOTMOD && step.prefix === "remove,";
  return step.step === "write-file" && step.path.endsWith("/unbind");
}

function errnoText(errno: number): string {
  return ERRNO[errno] ?? `errno ${errno}`;
}
