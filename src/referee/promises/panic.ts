import { setWatchdogTimer, WatchdogAction } from "../../ipmi/commands/app/watchdog.ts";
import type { On } from "../automaton.ts";
import { OUR_OWN, WATCHDOG_USER } from "../common/our-own.ts";
import type { InjectedFaults } from "../injected-faults.ts";
import type { HostFace } from "../observer.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { messageText, seconds } from "../text.ts";
import type { Transfer } from "../transfer.ts";
import {
  answers,
  Course,
  Kind,
  kindOf,
  nameOf,
  SUPPORT_AT,
  succeeded,
  takeReceiver,
  whatIsWrong,
} from "./panic-course.ts";
import { Barred } from "./traffic.ts";

export const panicInTime: CheckedRule = {
  id: "STACK-10",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "A panic is over within the bound that the stack states, whatever the BMC does.",
  instead: "The panic sends what it can within its bound, and then leaves off.",
  observable: true,
  automaton: (context) => new EndsInTime(context),
};

class EndsInTime extends RuleAutomaton {
  sinceUs = -1;

  hostLife({ what, t }: On<"hostLife">): void {
    if (what === "panic") this.sinceUs = t;
    if (what !== "panic-end") return;
    this.#judge(t, "took");
    this.sinceUs = -1;
  }

  end({ t }: On<"end">): void {
    this.#judge(t, "goes on since");
  }

  #judge(nowUs: number, how: string): void {
    const { panicBoundUs: boundUs } = this.head.promises;
    const us = nowUs - this.sinceUs;
    if (this.sinceUs === -1 || us <= boundUs) return;
    this.report(`the panic ${how} ${seconds(us)}; the bound is ${seconds(boundUs)}`);
  }
}

const ACTION_BITS = 0x07;
/** The host's memory can be saved in 255 s, in counts of 100 ms. */
const DUMP_COUNTS = 2_550;
/** For so long a panic waits at least before it gives up a BMC that is slow, or not there. */
const PANIC_PATIENCE_US = 2_000_000;
/** Of its bound a panic that has used its time leaves no more than this. */
const ITS_TIME_TO_SPARE_US = 10_000;

export const panicMessages: CheckedRule = {
  id: "STACK-11",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "A panic sends its own messages and no others, in order, none left out and once each, and all " +
    "reach a BMC that answers.",
  instead:
    "The panic sends its messages one after the other, each until it is answered, and then the " +
    "next.",
  shows: "an effect",
  presumes: "a right BMC",
  trusts: "the transfer",
  observable: true,
  automaton: (context) => {
    return context.head.host === OUR_OWN ? new FollowsPanic(context) : new ReachesBmc(context);
  },
};

export const silentAfterPanic: CheckedRule = {
  id: "STACK-12",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "When its panic is over the host touches no register any more.",
  instead: "The host leaves the registers alone from then on.",
  observable: true,
  automaton: (context) =>
    new Barred(context, {
      from: ["panic-end"],
      until: ["start", "inserted"],
      where: "after the panic was over",
    }),
};

/** The panic begins. */
function begun(host: HostFace, faults: InjectedFaults, { text, t }: { text: string; t: number }) {
  return new Course(text, {
    serial: host.transfer.serial,
    startUs: t,
    wireChanges: faults.wireChanges,
    accesses: host.accesses,
  });
}

/** The scenario has the BMC play a bad one while the panic goes on. */
function excused({ startUs }: Course, faults: InjectedFaults): boolean {
  return faults.ordersSince("bmc", startUs).length > 0;
}

class FollowsPanic extends RuleAutomaton {
  course: Course | undefined;
  /** What the watchdog set its timer to last; undefined: it does not mean it to run. */
  set: Uint8Array | undefined;

  request({ user, netFn, cmd, data }: On<"request">): void {
    if (user !== WATCHDOG_USER || netFn !== setWatchdogTimer.netFn) return;
    const runs = ((data[1] ?? 0) & ACTION_BITS) !== WatchdogAction.None;
    if (cmd === setWatchdogTimer.cmd && runs) this.set = data;
  }

  hostLife({ what, text, t }: On<"hostLife">): void {
    if (what === "watchdog-off" || what === "start") this.set = undefined;
    if (what === "panic") this.course = begun(this.host, this.faults, { text, t });
    const { course } = this;
    if (what !== "panic-end" || course === undefined) return;
    const disturbed = excused(course, this.faults) || this.bmc.away;
    if (text !== "sent") {
      if (!disturbed && !this.#keptWaiting(course, t))
        this.report(`the panic gave up a BMC that is there: ${text}`, undefined, undefined, course);
    } else if (course.leftOut !== undefined) {
      this.report(course.leftOut, undefined, undefined, course);
    } else if (course.pieces !== course.piecesDue) {
      this.report(
        `${course.pieces} of ${course.piecesDue} records of the text were sent`,
        undefined,
        undefined,
        course,
      );
    }
    this.course = undefined;
  }

  /** The timer that the host's watchdog runs is given time, before all else. */
  #watchdogWrong({ kind }: Course, message: Uint8Array): string | undefined {
    if (kind !== Kind.None) return undefined;
    const sets = kindOf(message) === Kind.Watchdog;
    if (this.set === undefined) return sets ? "sets a timer that the watchdog has not" : undefined;
    if (!sets) return "is sent before the watchdog's timer was given time";
    const [use = 0, action = 0] = this.set;
    const now = message.subarray(2);
    const counts = (now[4] ?? 0) | ((now[5] ?? 0) << 8);
    const kept = now[0] === use && now[1] === (action & ACTION_BITS) && now[2] === 0;
    return kept && counts >= DUMP_COUNTS ? undefined : "gives the watchdog no time";
  }

  /** It had no time left, or the BMC let it wait for long; and it was not idle itself. */
  #keptWaiting({ serial, startUs, lastUs, accesses }: Course, nowUs: number): boolean {
    if (this.host.transfer.serial === serial && this.host.accesses === accesses) return false;
    if (nowUs - startUs >= this.head.promises.panicBoundUs - ITS_TIME_TO_SPARE_US) return true;
    const itsTurn = !this.bmc.exchange.offered || this.host.turn === "bmc";
    return nowUs - lastUs >= PANIC_PATIENCE_US && itsTurn;
  }

  send({ message, t }: On<"send">): void {
    const { course } = this;
    if (course === undefined) return;
    if (course.kind !== Kind.None && !course.complete && !this.#blurred(course)) {
      this.report(
        `${nameOf(message)} was sent though ${course.name} before it had not arrived`,
        undefined,
        undefined,
        course,
      );
    }
    const wrong = whatIsWrong(course, message) ?? this.#watchdogWrong(course, message);
    if (wrong !== undefined)
      this.report(
        `${nameOf(message)} ${wrong}: ${messageText(message)}`,
        undefined,
        undefined,
        course,
      );
    course.kind = kindOf(message);
    course.message = message;
    course.lastUs = t;
    course.accesses = this.host.accesses;
    course.complete = false;
    course.answered = false;
    if (course.kind === Kind.Piece) course.pieces++;
  }

  received({ message }: On<"received">): void {
    const { course } = this;
    if (course === undefined || !succeeded(course.message, message)) return;
    if (course.kind === Kind.DeviceId) course.support = message[SUPPORT_AT] ?? 0;
    if (course.kind === Kind.Receiver) takeReceiver(course, message);
  }

  transfer(transfer: Transfer): void {
    const { course } = this;
    // What was interrupted may turn out to be complete when the panic looks.
    if (course === undefined || transfer.serial <= course.serial || !transfer.complete) return;
    if (transfer.again) return;
    if (this.#blurred(course)) {
      course.complete = true;
      return;
    }
    if (!transfer.request.equals(course.message)) {
      this.report(
        `in the panic ${messageText(transfer.request.copy())} was sent besides`,
        undefined,
        undefined,
        course,
      );
    } else if (course.answered) {
      this.report(`in the panic ${course.name} was sent twice`, undefined, undefined, course);
    }
    course.complete = true;
    course.answered = answers(course.message, transfer.response.copy());
  }

  /** A wire that failed in the panic may have shown the host an end that was none. */
  #blurred({ wireChanges }: Course): boolean {
    return this.faults.wireActive || this.faults.wireChanges !== wireChanges;
  }
}

/** Another host's panic, as the wire shows it: it may do what it likes besides. */
class ReachesBmc extends RuleAutomaton {
  course: Course | undefined;

  hostLife({ what, text, t }: On<"hostLife">): void {
    if (what === "panic") this.course = begun(this.host, this.faults, { text, t });
    const { course } = this;
    if (what !== "panic-end" || course === undefined) return;
    const disturbed = excused(course, this.faults) || this.bmc.away;
    if (!disturbed) {
      if (course.kind < Kind.Event)
        this.report(
          "the panic's event did not reach a BMC that is there",
          undefined,
          undefined,
          course,
        );
      else if (course.pieces !== course.piecesDue) {
        this.report(
          `${course.pieces} of ${course.piecesDue} records of the text reached the BMC`,
          undefined,
          undefined,
          course,
        );
      }
    }
    this.course = undefined;
  }

  transfer(transfer: Transfer): void {
    const { course } = this;
    if (course === undefined || transfer.serial <= course.serial || !transfer.complete) return;
    const message = transfer.request.copy();
    const response = transfer.response.copy();
    if (!succeeded(message, response) || whatIsWrong(course, message) !== undefined) return;
    course.kind = kindOf(message);
    if (course.kind === Kind.DeviceId) course.support = response[SUPPORT_AT] ?? 0;
    if (course.kind === Kind.Receiver) takeReceiver(course, response);
    if (course.kind === Kind.Piece) course.pieces++;
  }
}
