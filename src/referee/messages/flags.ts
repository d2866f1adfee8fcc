import { NetFn } from "../../ipmi/command-table.ts";
import { coldReset } from "../../ipmi/commands/app/device.ts";
import {
  clearMessageFlags,
  getBmcGlobalEnables,
  getMessage,
  getMessageFlags,
  readEventMessageBuffer,
  setBmcGlobalEnables,
} from "../../ipmi/commands/app/messaging.ts";
import { resetWatchdogTimer, setWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import { REQUEST_BYTES_MIN } from "../../ipmi/message.ts";
import type { On } from "../automaton.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { beginsAnew, bytesText, codeText, hex } from "../text.ts";
import type { Transfer } from "../transfer.ts";
import { SameAgain } from "./same-again.ts";
import { resetsSystem } from "./watchdog-model.ts";

/** A storm of equal events looks the same. */
export const SO_MANY_CAME = "as many that are the same came one after the other";

/** The message flags, and what lies behind them. */
export const flagRules: readonly CheckedRule[] = [
  {
    id: "MF-01",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.1",
    sentence:
      "After power-up or reset SEL logging is on, the event message buffer and its interrupt are off.",
    instead:
      "The BMC comes up with event logging enabled, and the event message buffer and its " +
      "interrupt disabled.",
    observable: true,
    automaton: (context) => new EnablesAfterReset(context),
  },
  {
    id: "MF-03",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.1",
    sentence: "A BMC without an event message buffer refuses to enable it, with CCh.",
    instead: "The BMC answers CCh, and enables nothing.",
    observable: true,
    automaton: (context) => new RefusesToEnable(context),
  },
  {
    id: "MF-04",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.4",
    sentence: "The flag of the event message buffer reads 0 while the buffer is disabled.",
    instead: "The BMC returns 0 for that flag.",
    observable: true,
    automaton: (context) => new ReadsZeroWhileDisabled(context),
  },
  {
    id: "MF-05",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.3",
    sentence: "Clear Message Flags clears the flags that it names, and what lies behind them.",
    instead: "The BMC clears each flag that is named, and discards what it stood for.",
    clearedBy: SO_MANY_CAME,
    observable: true,
    automaton: (context) => new ClearedFlagsStayClear(context),
  },
  {
    id: "MF-06",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.8, §9.14",
    sentence: "Reading an event or a message takes it out of the BMC: nothing is read twice.",
    instead: "The BMC removes the event or the message as it gives it.",
    trusts: "the state",
    clearedBy: SO_MANY_CAME,
    observable: true,
    automaton: (context) => new ReadingTakesOut(context),
  },
  {
    id: "MF-08",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.6, §22.8",
    sentence:
      "Get Message is answered with 80h when the receive queue is empty, and Read Event Message " +
      "Buffer when there is no event.",
    instead:
      "The BMC answers 80h when there is nothing to give, and gives what there is otherwise.",
    trusts: "the state",
    observable: true,
    automaton: (context) => new EmptyCode(context),
  },
  {
    id: "FLAG-01",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.4, §22.6, §22.8",
    sentence: "A message flag that reads 1 has something behind it that can be fetched.",
    instead:
      "The BMC sets a flag only while there is something behind it, and gives that to who asks.",
    observable: true,
    automaton: (context) => new FlagsAgreeWithData(context),
  },
];

class RefusesToEnable extends RuleAutomaton {
  accepted = false;

  exchange(exchange: Transfer): void {
    if (exchange.succeeds(NetFn.App, Cmd.SetGlobalEnables)) {
      this.accepted = (exchange.request.at(2) & 0x06) !== 0;
    }
    if (!exchange.answers(NetFn.App, Cmd.ReadEventMessageBuffer)) return;
    if (this.accepted && exchange.cc === 0xc1)
      this.report("it was enabled, and reading it got C1h");
  }
}

/** A reset of the system disables the buffer, too. @see IPMI 2.0 §22.1 */
class ReadsZeroWhileDisabled extends RuleAutomaton {
  disabled = false;
  sinceUs = -1;
  /** The buffer was ever seen to be disabled, which not each BMC can do. */
  can = false;

  exchange(exchange: Transfer): void {
    if (exchange.succeeds(NetFn.App, Cmd.SetGlobalEnables)) {
      this.disabled = (exchange.request.at(2) & BUFFER_ENABLE) === 0;
      this.sinceUs = exchange.endUs;
    }
    const enables = exchange.succeeds(NetFn.App, Cmd.GetGlobalEnables) ? exchange.data(0) : -1;
    if (enables !== -1 && (enables & BUFFER_ENABLE) !== 0) this.disabled = false;
    else if (enables !== -1) this.can = true;
    if (!this.disabled || !exchange.succeeds(NetFn.App, Cmd.GetMessageFlags)) return;
    if (exchange.startUs < this.sinceUs) return;
    const flags = exchange.data(0);
    if (flags !== -1 && (flags & Flag.EventBuffer) !== 0) {
      this.report(`the flags were ${hex(flags)} though the buffer is disabled`);
    }
  }

  bmcLife(event: On<"bmcLife">): void {
    if (beginsAnew(event.what)) this.disabled = this.can = false;
    const resets = resetsSystem(event) && event.text.startsWith("reset");
    if (!resets || !this.can) return;
    this.disabled = true;
    this.sinceUs = event.t;
  }
}

const BUFFER_ENABLE = 0x04;

const Cmd = {
  ColdReset: coldReset.cmd,
  SetGlobalEnables: setBmcGlobalEnables.cmd,
  GetGlobalEnables: getBmcGlobalEnables.cmd,
  ClearMessageFlags: clearMessageFlags.cmd,
  GetMessageFlags: getMessageFlags.cmd,
  GetMessage: getMessage.cmd,
  ReadEventMessageBuffer: readEventMessageBuffer.cmd,
} as const;

const Flag = { ReceiveMessage: 0x01, EventBuffer: 0x02, Pretimeout: 0x08 } as const;
const STANDARD_FLAGS = Flag.ReceiveMessage | Flag.EventBuffer | Flag.Pretimeout;
/** Get Message's and Read Event Message Buffer's code for: there is nothing. */
const EMPTY = 0x80;

class EnablesAfterReset extends RuleAutomaton {
  fresh = false;

  bmcLife({ what, text }: On<"bmcLife">): void {
    if (what === "power-on" || (what === "reset" && text !== "warm")) this.fresh = true;
  }

  exchange(exchange: Transfer): void {
    if (exchange.succeeds(NetFn.App, Cmd.ColdReset)) this.fresh = true;
    if (exchange.netFn !== NetFn.App) return;
    if (exchange.cmd === Cmd.SetGlobalEnables) this.fresh = false;
    if (!this.fresh || !exchange.succeeds(NetFn.App, Cmd.GetGlobalEnables)) return;
    this.fresh = false;
    const enables = exchange.data(0);
    if (enables === -1 || (enables & 0x0e) === 0x08) return;
    this.report(`the global enables read ${hex(enables)} after the reset`);
  }
}

/** So often in a row it is no new cause each time. */
const CLEARS_IN_VAIN = 10;

/** What has come since it was cleared is not in vain: the BMC tells of it, or a timer was begun that runs out. */
class ClearedFlagsStayClear extends RuleAutomaton {
  cleared = 0;
  inVain = 0;
  /** As the BMC told them last. */
  told = 0;

  bmcLife({ what, flags }: On<"bmcLife">): void {
    this.#came(CAME[what] ?? 0);
    if (what !== "flags") return;
    this.#came(flags & ~this.told);
    this.told = flags;
  }

  exchange(exchange: Transfer): void {
    if (begins(exchange)) {
      this.#came(Flag.Pretimeout);
    } else if (exchange.succeeds(NetFn.App, Cmd.ClearMessageFlags)) {
      this.cleared = exchange.request.at(2) & STANDARD_FLAGS;
    } else if (exchange.succeeds(NetFn.App, Cmd.GetMessageFlags) && this.cleared !== 0) {
      const left = exchange.data(0) & this.cleared;
      this.inVain = left === 0 ? 0 : this.inVain + 1;
      this.cleared = 0;
      if (this.inVain !== CLEARS_IN_VAIN) return;
      this.report(`${hex(left)} was cleared ${this.inVain} times and each time read 1 again`);
    }
  }

  #came(flags: number): void {
    if ((this.cleared & flags) === 0) return;
    this.cleared &= ~flags;
    this.inVain = 0;
  }
}

/** The flags behind which something new lies. */
const CAME: Partial<Record<On<"bmcLife">["what"], number>> = {
  message: Flag.ReceiveMessage,
  sel: Flag.EventBuffer,
  pretimeout: Flag.Pretimeout,
};

/** A timer is begun, or may be. */
function begins(exchange: Transfer): boolean {
  return TIMER_COMMANDS.some(({ netFn, cmd }) => exchange.succeeds(netFn, cmd));
}

const TIMER_COMMANDS = [setWatchdogTimer, resetWatchdogTimer];

/**
 * The BMC's own flags tell when the buffer is empty; without them the same data, read with
 * success again and again, tell that reading does not take them out.
 */
class ReadingTakesOut extends RuleAutomaton {
  readonly records = new SameAgain();
  readonly messages = new SameAgain();
  readonly flags = new FlagTruth();

  bmcLife(event: On<"bmcLife">): void {
    this.flags.hear(event);
    if (event.what === "flags") this.#emptied(event.flags);
    // Another one lies there, and may look the same.
    if (event.what === "message") this.messages.forget();
    if (!beginsAnew(event.what)) return;
    this.flags.forget();
    this.records.forget();
    this.messages.forget();
  }

  exchange(exchange: Transfer): void {
    const times = this.messages.read(exchange, Cmd.GetMessage);
    if (times > SAME_DATA_MAX) this.report(`the same message was read ${times} times in a row`);
    if (!exchange.answers(NetFn.App, Cmd.ReadEventMessageBuffer)) return;
    const same = this.records.read(exchange, Cmd.ReadEventMessageBuffer);
    const id = exchange.data(0) | (exchange.data(1) << 8);
    if (same > (UNRECORDED_IDS.includes(id) ? SAME_DATA_MAX : 1)) {
      const record = bytesText(exchange.response.copy().subarray(3));
      this.report(`the record ${record} was read ${same} times in a row, each time with success`);
    }
    if (!this.head.taps.bmc || this.bmc.away || !this.flags.wasClear(Flag.EventBuffer, exchange))
      return;
    if (exchange.cc === 0) this.report("the buffer was empty by the BMC's own flags, and gave 00h");
  }

  /** What was empty since has something else in it, however much it looks like what was there. */
  #emptied(flags: number): void {
    if ((flags & Flag.EventBuffer) === 0) this.records.forget();
    if ((flags & Flag.ReceiveMessage) === 0) this.messages.forget();
  }
}

/** Two events of a kind, or two messages, may look the same; more in a row are held to be one. */
const SAME_DATA_MAX = 10;
/** A record with an id of its own is never two events; these are the ids of one without. */
const UNRECORDED_IDS: readonly number[] = [0x0000, 0xffff];

class EmptyCode extends RuleAutomaton {
  readonly flags = new FlagTruth();

  bmcLife(event: On<"bmcLife">): void {
    this.flags.hear(event);
    if (beginsAnew(event.what)) this.flags.forget();
  }

  exchange(exchange: Transfer): void {
    // With data it is refused for its form.
    if (!this.head.taps.bmc || exchange.request.length > REQUEST_BYTES_MIN) return;
    if (exchange.answers(NetFn.App, Cmd.GetMessage)) {
      this.#look(Flag.ReceiveMessage, "queue", exchange);
    } else if (exchange.answers(NetFn.App, Cmd.ReadEventMessageBuffer) && exchange.cc !== 0) {
      this.#look(Flag.EventBuffer, "buffer", exchange);
    }
  }

  #look(flag: number, what: string, exchange: Transfer): void {
    const { cc } = exchange;
    if (!this.flags.wasClear(flag, exchange) || cc === EMPTY) return;
    if (wholeControllerCodes.includes(cc)) return;
    this.report(`the ${what} was empty by the BMC's own flags, and gave ${codeText(cc)}`);
  }
}

/** What a controller may say to everything. @see IPMI 2.0 §5.2 */
const wholeControllerCodes: readonly number[] = [0xc0, 0xc1, 0xc3, 0xd1, 0xd2, 0xd5, 0xd6];

/** The BMC's true flags, as its model tells them whenever they change. */
class FlagTruth {
  flags = -1;
  sinceUs = 0;

  hear({ what, flags, t }: On<"bmcLife">): void {
    if (what === "flags") this.flags = flags;
    // What lies in the queue has its flag, and whether that is told, too, is another matter.
    else if (what === "message" && this.flags !== -1) this.flags |= Flag.ReceiveMessage;
    else return;
    this.sinceUs = t;
  }

  forget(): void {
    this.flags = -1;
  }

  /** The flag was 0 from before this exchange began. */
  wasClear(flag: number, exchange: Transfer): boolean {
    return this.flags !== -1 && (this.flags & flag) === 0 && this.sinceUs < exchange.startUs;
  }
}

class FlagsAgreeWithData extends RuleAutomaton {
  flags = 0;
  /** When something happened to the BMC last. */
  happenedUs = -1;

  exchange(exchange: Transfer): void {
    if (exchange.netFn !== NetFn.App || !exchange.answers(NetFn.App, exchange.cmd)) {
      this.flags = 0;
      return;
    }
    switch (exchange.cmd) {
      case Cmd.GetMessageFlags:
        return this.#read(exchange);
      case Cmd.GetMessage:
        return this.#fetched(Flag.ReceiveMessage, "receive queue", exchange);
      case Cmd.ReadEventMessageBuffer:
        return this.#fetched(Flag.EventBuffer, "event message buffer", exchange);
      case Cmd.ClearMessageFlags:
      case Cmd.SetGlobalEnables:
      case Cmd.ColdReset:
        this.flags = 0;
        return;
    }
  }

  bmcLife({ what, t }: On<"bmcLife">): void {
    if (what !== "flags") this.flags = 0;
    this.happenedUs = t;
  }

  /** What happened while the response was on its way may have taken back what it says. */
  #read(exchange: Transfer): void {
    const sure = exchange.cc === 0 && this.happenedUs < exchange.startUs;
    this.flags = sure ? Math.max(exchange.data(0), 0) : 0;
  }

  #fetched(flag: number, what: string, exchange: Transfer): void {
    const promised = (this.flags & flag) !== 0;
    this.flags &= ~flag;
    if (!promised || exchange.cc !== EMPTY) return;
    this.report(`the flag was 1 and the ${what} was empty, with nothing read or cleared between`);
  }
}
