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
  9: "EBADF",
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

/** An interface, as far as what is reported goes there. */
interface Place {
  readonly tracer: Tracer;
  readonly responses: LastResponses;
}

/** The last response of a BMC by NetFn/LUN and Cmd. */
class LastResponses implements TraceSink {
  readonly #messages = new Map<number, Uint8Array>();

  constructor(tracer: Tracer) {
    tracer.attach(this);
  }

  event(event: TraceEvent): void {
    if (event.e !== "bmc.response") return;
    const [netFnLun, cmd] = event.message;
    this.#messages.set(((netFnLun ?? 0) << 8) | (cmd ?? 0), event.message);
  }

  to(netFn: number, cmd: number): Uint8Array | undefined {
    return this.#messages.get(((netFn | 1) << 10) | cmd);
  }
}

/**
 * Makes trace events out of what the guest's agent reports. A user space program does not see who
 * made a completion code; it is the BMC's when the BMC's last response of that command had it.
 */
export class GuestReports {
  readonly #program: GuestProgram;
  readonly #tracer: Tracer;
  readonly #first: Place;
  readonly #second: Place;
  /** Users of the second interface; what they ask and get is told there. */
  readonly #atSecond: ReadonlySet<string>;
  readonly #milestones: GuestMilestones;
  readonly #open = new Map<string, Open>();
  #lastId = 0;
  #unfinished = false;

  constructor(
    program: GuestProgram,
    tracer: Tracer,
    milestones: GuestMilestones,
    second?: { readonly tracer: Tracer; readonly users: ReadonlySet<string> },
  ) {
    this.#program = program;
    this.#tracer = tracer;
    this.#first = { tracer, responses: new LastResponses(tracer) };
    this.#atSecond = second?.users ?? new Set();
    this.#second =
      second === undefined
        ? this.#first
        : { tracer: second.tracer, responses: new LastResponses(second.tracer) };
    this.#milestones = milestones;
  }

  take(report: Report): void {
    if (report.kind === "garbage") return this.#console(`agent: ${report.bytes.length} bytes lost`);
    const user = processName(this.#program, report.process);
    const place = this.#placeOf(user);
    const key = (id: number) => `${report.process}/${id}`;
    switch (report.kind) {
      case "ready":
        if (!report.setupOver) this.#console("agent: the set-up took too long");
        return this.#milestones.ready();
      case "request": {
        const { netFn, lun, cmd, data } = report;
        const id = ++this.#lastId;
        this.#open.set(key(report.id), { id, netFn, cmd });
        return place.tracer.emit({ e: "request", id, user, netFn, lun, cmd, data });
      }
      case "refused": {
        const open = this.#open.get(key(report.id));
        this.#open.delete(key(report.id));
        if (open === undefined) return;
        const code = ERRNO[report.errno] ?? `errno ${report.errno}`;
        return place.tracer.emit({ e: "refused", ...open, user, code });
      }
      case "answer": {
        const open = this.#open.get(key(report.id));
        this.#open.delete(key(report.id));
        if (open === undefined) return;
        return place.tracer.emit(answer(open, report, place.responses));
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
      this.#placeOf(user).tracer.emit({ e: "refused", ...open, user, code: USER_GONE });
    }
  }

  #placeOf(user: string): Place {
    return this.#atSecond.has(user) ? this.#second : this.#first;
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

function answer(
  { id, netFn, cmd }: Open,
  { cc, data }: { readonly cc: number; readonly data: Uint8Array },
  responses: LastResponses,
): AnswerGiven {
  const response = responses.to(netFn, cmd);
  const sameCode = response !== undefined && response[2] === cc;
  return { e: "answer", id, cc, maker: sameCode ? "bmc" : "host-interface", data, tag: 0 };
}

function takesDriver(step: Step): boolean {
  if (step.step === "remove-module") return INTERFACE_MODULES.includes(step.name);
  if (step.step === "copy-file") return step.path === HOTMOD && step.prefix === "remove,";
  return step.step === "write-file" && step.path.endsWith("/unbind");
}

function errnoText(errno: number): string {
  return ERRNO[errno] ?? `errno ${errno}`;
}
