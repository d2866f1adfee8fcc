import { commandName, NetFn } from "../../ipmi/command-table.ts";
import {
  clearMessageFlags,
  getBmcGlobalEnables,
  getMessage,
  getMessageFlags,
  MessageFlag,
  readEventMessageBuffer,
  setBmcGlobalEnables,
} from "../../ipmi/commands/app/messaging.ts";
import { PretimeoutInterrupt, setWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import { Cc, SpecificCc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import { AT_ONCE_US, isStacks, OUR_OWN, OWN_USER, WATCHDOG_USER } from "../common/our-own.ts";
import { Few, FewNumbers } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { hex, seconds } from "../text.ts";

/** While somebody waits for what the BMC has to say, the host looks after it. */
export const watching: readonly CheckedRule[] = [
  {
    id: "STACK-32",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "While somebody waits for what the BMC has to say, and nothing else goes, its flags are asked for " +
      "at once; the pre-timeout's is cleared, and what was said to be empty is left alone.",
    instead:
      "The stack sends Get Message Flags, clears the pre-timeout's flag, and fetches only what " +
      "the flags name.",
    presumes: "a right BMC",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new AsksForFlags(context) : {}),
  },
  {
    id: "STACK-34",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "While somebody listens to events the BMC's global enables are looked after, and set again where " +
      "the BMC has lost them.",
    instead:
      "The stack reads the global enables now and then, and sets them again where a bit is gone.",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new LooksAfterEnables(context) : {}),
  },
];

/** Our own looks each second at the latest. */
const FETCH_US = 1_200_000;
/** A user who updates the BMC's firmware is not disturbed for so long. */
const MAINTENANCE_US = 31_000_000;
const STANDARD =
  MessageFlag.ReceiveMessageAvailable |
  MessageFlag.EventMessageBufferFull |
  MessageFlag.WatchdogPretimeout;

/** Who waits for something from the BMC, by what the seat tells, and when that was known to be so. */
class Waiters {
  readonly listeners = new Set<string>();
  /** Users' open requests for other controllers, and who will ask one next. */
  readonly bridged = new FewNumbers();
  readonly next = new Set<string>();
  /** The watchdog is to hear of its pre-timeout by message. */
  pretimeouts = false;
  maintenanceUs = Number.NEGATIVE_INFINITY;

  user({ user, what }: On<"user">): void {
    if (what === "listens") this.listeners.add(user);
    if (what === "listens-no-more" || what === "gone") this.listeners.delete(user);
    if (what === "bridges") this.next.add(user);
  }

  request({ id, user, netFn, cmd, data, t }: On<"request">): void {
    if (netFn === NetFn.Firmware && !isStacks(user)) this.maintenanceUs = t;
    if (this.next.delete(user)) this.bridged.add(id);
    if (user !== WATCHDOG_USER || netFn !== NetFn.App || cmd !== setWatchdogTimer.cmd) return;
    this.pretimeouts = ((data[1] ?? 0) >> 4) % 8 === PretimeoutInterrupt.Messaging;
  }

  forget(): void {
    this.listeners.clear();
    this.bridged.clear();
    this.next.clear();
    this.pretimeouts = false;
  }

  listen(nowUs: number): boolean {
    return this.listeners.size > 0 && nowUs - this.maintenanceUs > MAINTENANCE_US;
  }
}

class AsksForFlags extends RuleAutomaton {
  readonly waiters = new Waiters();
  up = false;
  flags = 0;
  /** Since when something stands, somebody waits, and the wire rests; -1 that is not so. */
  sinceUs = -1;
  /** What is on the wire. */
  readonly sent = new FewNumbers();
  /** The stack's own questions that are open, by their command. */
  readonly asked = new Few<number>();
  /** When the last of them began. */
  askedUs = -1;
  /** The flags of which the wire has told the host wrongly, and the BMC tells nothing new. */
  mistold = 0;
  /** The BMC has flags at all. */
  has = true;
  /** The pre-timeout's flag was read, and is to be cleared. */
  toClear = false;
  /** The commands that were answered with "empty" since the flags were read. */
  readonly empty = new Set<number>();

  user(event: On<"user">): void {
    this.#judge(event.t);
    this.waiters.user(event);
    this.#look(event.t);
  }

  request(event: On<"request">): void {
    this.#judge(event.t);
    this.waiters.request(event);
    const { id, user, netFn, cmd, data, t } = event;
    if (user === OWN_USER && netFn === NetFn.App) {
      this.askedUs = t;
      this.#asks(id, cmd, data);
    }
    this.#look(t);
  }

  send({ id, t }: On<"send">): void {
    this.sent.add(id);
    this.#look(t);
  }

  answer({ id, cc, maker, data, t }: On<"answer">): void {
    this.#judge(t);
    this.waiters.bridged.delete(id);
    this.sent.delete(id);
    const cmd = this.asked.get(id);
    this.asked.delete(id);
    if (cmd === getMessageFlags.cmd) {
      this.has = cc === Cc.Ok;
      this.toClear = this.has && ((data[0] ?? 0) & MessageFlag.WatchdogPretimeout) !== 0;
    }
    if (cmd !== undefined && FETCHES.has(cmd) && cc === EMPTY && maker === "bmc") {
      this.empty.add(cmd);
    }
    if (cmd !== undefined && maker === "bmc" && (cc === Cc.Ok || cc === EMPTY)) this.#told(cmd);
    this.#look(t);
  }

  received({ id, t }: On<"received">): void {
    this.#judge(t);
    this.sent.delete(id);
    this.#look(t);
  }

  bmcLife({ what, flags, t }: On<"bmcLife">): void {
    this.#judge(t);
    if (what === "flags") {
      this.flags = flags & STANDARD;
      this.mistold &= flags;
    } else this.sinceUs = -1;
    this.#look(t);
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    if (what === "start") this.waiters.forget();
    if (what === "up" || what === "found") this.up = true;
    if (DOWN.has(what)) this.up = false;
    this.sinceUs = -1;
    if (!DOWN.has(what)) return;
    this.sent.clear();
    this.asked.clear();
    this.empty.clear();
    this.toClear = false;
    this.mistold = 0;
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  #asks(id: number, cmd: number, data: Uint8Array): void {
    this.asked.set(id, cmd);
    if (this.empty.has(cmd)) this.report(`${commandName(NetFn.App, cmd)} goes on, and all was had`);
    if (cmd === clearMessageFlags.cmd) {
      if (((data[0] ?? 0) & MessageFlag.WatchdogPretimeout) !== 0) this.toClear = false;
    }
    if (cmd !== getMessageFlags.cmd) return;
    this.empty.clear();
    this.sinceUs = -1;
    if (this.toClear) this.report("the pre-timeout's flag was read, and is not cleared");
    this.toClear = false;
  }

  /**
   * A success may be that of another command than the host meant, where the wire spoiled it. BT's
   * attention is told once and taken back: nothing says to the host that the cause still stands.
   */
  #told(cmd: number): void {
    const concerned = CONCERNED.get(cmd);
    if (concerned === undefined || this.head.interface !== "bt") return;
    const { faults } = this;
    const spoiled = faults.wireChanges > 0 && faults.wireSince(this.askedUs).length > 0;
    if (spoiled) this.mistold |= this.flags & concerned;
    else if (cmd === getMessageFlags.cmd) this.mistold = 0;
  }

  #look(nowUs: number): void {
    const { waiters } = this;
    const waits = waiters.listen(nowUs) || waiters.bridged.size > 0 || waiters.pretimeouts;
    const rests = this.sent.size === 0;
    const told = this.flags & ~this.mistold;
    const stands = this.up && waits && rests && told !== 0 && this.has;
    if (!stands) this.sinceUs = -1;
    else if (this.sinceUs === -1) this.sinceUs = nowUs;
  }

  #judge(nowUs: number): void {
    const { sinceUs } = this;
    if (sinceUs === -1) return;
    if (this.faults.wireActive || this.bmc.away) this.sinceUs = -1;
    if (this.sinceUs === -1 || nowUs - sinceUs < FETCH_US) return;
    this.sinceUs = -1;
    if (this.faults.orderedSince("bmc", sinceUs)) return;
    const what = `for ${seconds(nowUs - sinceUs)} ${hex(this.flags)} stands, and is not asked for`;
    this.report(what, undefined, undefined, { startUs: sinceUs });
  }
}

/** Get Message's and Read Event Message Buffer's code for: there is nothing. */
const EMPTY = SpecificCc.MessageQueueEmpty;
const FETCHES: ReadonlySet<number> = new Set([getMessage.cmd, readEventMessageBuffer.cmd]);
/** The flags of which each of the stack's own commands lets the host know. */
const CONCERNED: ReadonlyMap<number, number> = new Map([
  [getMessageFlags.cmd, STANDARD],
  [getMessage.cmd, MessageFlag.ReceiveMessageAvailable],
  [readEventMessageBuffer.cmd, MessageFlag.EventMessageBufferFull],
  [clearMessageFlags.cmd, MessageFlag.WatchdogPretimeout],
]);
const DOWN: ReadonlySet<string> = new Set([
  ...["start", "failed", "bring-up-failed", "quiet", "shutdown", "panic"],
]);

/** Our own asks each second. */
const ENABLES_US = 10_000_000;
/** How long a BMC that refused its enables is not asked again. */
const REFUSED_US = 62_000_000;
/** Bits that are the host's. @see IPMI 2.0 §22.1 */
const OURS = 0x07;

class LooksAfterEnables extends RuleAutomaton {
  readonly waiters = new Waiters();
  up = false;
  /** When they were last looked after, or there was a reason not to. */
  lastUs = 0;
  /** The stack's own questions that are open: what each reads or writes. */
  readonly reads = new FewNumbers();
  readonly writes = new Few<number>();
  /** What was written last and taken, until it was read; -1 nothing. */
  written = -1;
  wanted = 0;
  /** Since when bits are known to be lost; -1 they are not. */
  lostUs = -1;

  user(event: On<"user">): void {
    this.#judge(event.t);
    const before = this.waiters.listeners.size;
    this.waiters.user(event);
    if (before === 0) this.lastUs = event.t;
  }

  request(event: On<"request">): void {
    this.#judge(event.t);
    this.waiters.request(event);
    const { id, user, netFn, cmd, data, t } = event;
    if (user === "channels") this.lastUs = t;
    if (user !== OWN_USER || netFn !== NetFn.App) return;
    if (cmd === getBmcGlobalEnables.cmd) this.reads.add(id);
    if (cmd !== setBmcGlobalEnables.cmd) return;
    this.writes.set(id, data[0] ?? 0);
    this.lostUs = -1;
  }

  answer({ id, cc, maker, data, t }: On<"answer">): void {
    this.#judge(t);
    const written = this.writes.get(id);
    this.writes.delete(id);
    if (written !== undefined) {
      this.written = cc === Cc.Ok ? written : -1;
      this.lastUs = cc === Cc.Ok ? t : t + REFUSED_US;
    }
    if (!this.reads.delete(id)) return;
    this.lastUs = Math.max(this.lastUs, t);
    const [bits] = data;
    if (cc !== Cc.Ok || maker !== "bmc" || data.length !== 1 || bits === undefined) return;
    if (this.written !== -1) this.wanted = bits & this.written & OURS;
    else if ((bits & this.wanted) !== this.wanted) this.lostUs = t;
    this.written = -1;
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    this.lastUs = Math.max(this.lastUs, t);
    this.lostUs = -1;
    if (what === "start") this.waiters.forget();
    if (what === "up" || what === "found") this.up = true;
    if (!DOWN.has(what)) return;
    this.up = false;
    this.wanted = 0;
    this.written = -1;
    this.reads.clear();
    this.writes.clear();
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  #judge(nowUs: number): void {
    if (this.lostUs !== -1 && nowUs - this.lostUs > AT_ONCE_US) {
      this.report(
        "the BMC had lost its enables, and they are not set again",
        undefined,
        this.lostUs,
      );
      this.lostUs = -1;
    }
    const waits = this.up && this.waiters.listen(nowUs);
    const fromUs = Math.max(this.lastUs, this.waiters.maintenanceUs + MAINTENANCE_US);
    const due = nowUs - fromUs >= ENABLES_US;
    if (!waits || this.reads.size + this.writes.size > 0 || !due) return;
    const ago = seconds(nowUs - this.lastUs);
    this.report(`the global enables were looked after last ${ago} ago`);
    this.lastUs = nowUs;
  }
}
