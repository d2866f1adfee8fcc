import {
  ChannelReceive,
  clearMessageFlags,
  enableMessageChannelReceive,
  getMessage,
  getMessageFlags,
  MessageFlag,
  readEventMessageBuffer,
} from "../../ipmi/commands/app/messaging.ts";
import { RecordId } from "../../ipmi/commands/storage/allocation.ts";
import { Cc, SpecificCc } from "../../ipmi/completion.ts";
import { hex as hexBytes } from "../../ipmi/message.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { CommonRule } from "../rule.ts";
import { beginsAnew, hex } from "../text.ts";
import { HoldsState } from "./holds.ts";
import { loggedBy } from "./logged.ts";
import { KeepsPretimeoutFlag } from "./pretimeout-flag.ts";
import { resetsSystem } from "./watchdog-model.ts";

/** The receive message queue, the event message buffer, and their flags. */
export const queueRules: readonly CommonRule[] = [
  {
    id: "MF-07",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.8",
    sentence: "The event message buffer keeps its event until that is read or cleared.",
    instead: "The BMC keeps the event as it is until it is read, or cleared away.",
    observable: true,
    automaton: (context) => new KeepsEvent(context),
  },
  {
    id: "MF-11",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.5",
    sentence: "A channel receives, or does not, as Enable Message Channel Receive was told.",
    instead: "The BMC opens or closes the channel as it was told, and states what it then is.",
    observable: true,
    automaton: (context) => new KeepsReceive(context),
  },
  {
    id: "MF-15",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.4",
    sentence: "Get Message Flags shows those flags that are set, and no others.",
    instead: "The BMC returns 1 for each flag that is set, and 0 for each one that is not.",
    observable: true,
    automaton: (context) => new ShowsFlags(context),
  },
  {
    id: "MF-16",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.3",
    sentence: "Clear Message Flags clears all the flags that it names, and no others.",
    instead: "The BMC clears each flag whose bit in the request is 1, and leaves the others.",
    observable: true,
    automaton: (context) => new ClearsWhatIsNamed(context),
  },
  {
    id: "MF-18",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.3, §22.4, §27.6",
    sentence: "The pre-timeout's flag stays 1 until it is cleared, or the timer is set anew.",
    instead: "The BMC keeps the flag at 1 until it is cleared, or Set Watchdog Timer comes.",
    observable: true,
    automaton: (context) => new KeepsPretimeoutFlag(context),
  },
  {
    id: "MF-17",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §6.12, §22.6",
    sentence:
      "Get Message gives the messages in the order in which they came, each once, as they came.",
    instead: "The BMC gives the oldest message in its queue, byte for byte, and takes it out.",
    needs: ["the beginning"],
    observable: true,
    automaton: (context) => new GivesInOrder(context),
  },
];

/** No record's ids. @see IPMI 2.0 §31.5 */
const NO_IDS: readonly number[] = [RecordId.First, RecordId.Last];

/** By the ids of the records that the BMC logs as it fills the buffer. */
class KeepsEvent extends HoldsState {
  logged = { id: -1, us: -1 };
  flags = 0;
  /** The record in the buffer; -1 none, or one that nobody knows. */
  held = -1;
  /** The one that was there before, and until when. */
  before = { id: -1, us: -1 };

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    if (event.what === "sel") this.logged = { id: loggedBy(event)?.id ?? -1, us: event.t };
    if (event.what !== "flags") return;
    const now = event.flags & MessageFlag.EventMessageBufferFull;
    const was = this.flags & MessageFlag.EventMessageBufferFull;
    this.flags = event.flags;
    if (now === was) return;
    this.before = { id: this.held, us: event.t };
    this.held = now !== 0 && this.logged.us === event.t ? this.logged.id : -1;
  }

  protected override about(command: Command): boolean {
    return isOf([readEventMessageBuffer], command);
  }

  protected said(dialogue: Dialogue): void {
    const record = dialogue.gives(readEventMessageBuffer)?.record;
    if (record === undefined || !dialogue.witnessed) return;
    const told = this.before.us >= dialogue.startUs;
    const held = told ? this.before.id : this.held;
    // It is out of the buffer, even if the flags were not told so.
    if (!told) this.held = -1;
    const id = (record[0] ?? 0) | ((record[1] ?? 0) << 8);
    // An event that has no id is no other one.
    if (held === -1 || id === held || NO_IDS.includes(id)) return;
    this.report(`the buffer held record ${held}, and record ${id} was read from it`);
  }

  protected changes(): boolean {
    return true;
  }

  protected forget(): void {
    this.held = -1;
    this.before = { id: -1, us: -1 };
    this.flags = 0;
  }
}

const CHANNEL_BITS = 0x0f;

class KeepsReceive extends HoldsState {
  readonly enabled = new Map<number, boolean>();

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    if (event.what !== "message") return;
    const channel = Number.parseInt(event.text.slice(0, 2), 16) & CHANNEL_BITS;
    if (this.enabled.get(channel) !== false) return;
    this.report(`channel ${channel} was disabled, and a message of it came into the queue`);
  }

  protected override about(command: Command): boolean {
    return isOf([enableMessageChannelReceive], command);
  }

  protected said(dialogue: Dialogue): void {
    const asked = dialogue.asks(enableMessageChannelReceive);
    if (asked === undefined) return;
    const given = dialogue.gives(enableMessageChannelReceive);
    const { channel, operation } = asked;
    if (given === undefined) {
      if (!this.leftAlone(dialogue)) this.enabled.delete(channel);
      return;
    }
    const told =
      operation === ChannelReceive.Get
        ? this.enabled.get(channel)
        : operation === ChannelReceive.Enable;
    if (given.channel !== channel) {
      this.report(`channel ${channel} was asked for, and ${given.channel} answered`);
    } else if (told !== undefined && given.enabled !== told && dialogue.witnessed) {
      this.report(`channel ${channel} was ${told ? "enabled" : "disabled"}, and says the opposite`);
    }
    if (told !== undefined) this.enabled.set(channel, told);
  }

  protected changes(dialogue: Dialogue): boolean {
    return dialogue.is(enableMessageChannelReceive);
  }

  protected forget(): void {
    this.enabled.clear();
  }
}

/** OEM flags are the manufacturer's affair. */
const STANDARD =
  MessageFlag.ReceiveMessageAvailable |
  MessageFlag.EventMessageBufferFull |
  MessageFlag.WatchdogPretimeout;
const CHANGES_MAX = 32;

/** The flags as the BMC's life tells them, and as they were a while ago. */
abstract class KnowsFlags extends HoldsState {
  changed: { readonly us: number; readonly flags: number }[] = [];
  /** The flags that have ever been told: those of others than the system's software never are. */
  told = 0;
  resetUs = -1;

  override bmcLife(event: On<"bmcLife">): void {
    if (beginsAnew(event.what)) this.forget();
    if (resetsSystem(event)) this.resetUs = event.t;
    const last = this.changed.at(-1)?.flags;
    if (event.what === "flags") this.#change(event.t, event.flags);
    // What lies in the queue has its flag, and whether that is told, too, is another matter.
    else if (event.what === "message" && last !== undefined) {
      this.#change(event.t, last | MessageFlag.ReceiveMessageAvailable);
    }
  }

  protected changes(_dialogue: Dialogue): boolean {
    return false;
  }

  protected forget(): void {
    this.changed = [];
    this.told = 0;
  }

  #change(us: number, flags: number): void {
    this.changed.push({ us, flags: flags & STANDARD });
    if (this.changed.length > CHANGES_MAX) this.changed.shift();
    this.told |= flags;
  }

  /** The flags right before that time; -1 when they are not known. */
  protected before(us: number): number {
    return this.changed.findLast((each) => each.us < us)?.flags ?? -1;
  }

  protected since(us: number): readonly { readonly us: number; readonly flags: number }[] {
    return this.changed.filter((each) => each.us >= us);
  }
}

class ShowsFlags extends KnowsFlags {
  /** What was fetched since the flags were told last: perhaps that ought to have been told, too. */
  fetched = 0;

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    if (event.what === "flags") this.fetched = 0;
  }

  protected override about(command: Command): boolean {
    return isOf([getMessageFlags, getMessage, readEventMessageBuffer], command);
  }

  protected said(dialogue: Dialogue): void {
    const quiet = this.since(dialogue.startUs).length === 0;
    if (quiet && dialogue.is(getMessage)) this.fetched |= MessageFlag.ReceiveMessageAvailable;
    if (quiet && dialogue.is(readEventMessageBuffer)) {
      this.fetched |= MessageFlag.EventMessageBufferFull;
    }
    if (!dialogue.succeeds(getMessageFlags) || !dialogue.witnessed) return;
    const right = this.before(dialogue.startUs);
    if (right === -1 || !quiet) return;
    const shown = (dialogue.data[0] ?? 0) & STANDARD;
    const wrong = (shown ^ right) & (right | this.told) & ~this.fetched;
    if (wrong !== 0) this.report(`the flags are ${hex(right)}, and ${hex(shown)} is shown`);
  }

  /** What was fetched for nobody is gone, too. */
  protected override changes(dialogue: Dialogue): boolean {
    return dialogue.is(getMessage) || dialogue.is(readEventMessageBuffer);
  }

  protected override forget(): void {
    super.forget();
    this.fetched = 0;
  }
}

class ClearsWhatIsNamed extends KnowsFlags {
  protected override about(command: Command): boolean {
    return isOf([clearMessageFlags], command);
  }

  protected said(dialogue: Dialogue): void {
    if (!dialogue.succeeds(clearMessageFlags) || !dialogue.witnessed) return;
    const { startUs } = dialogue;
    const before = this.before(startUs);
    if (before === -1 || this.resetUs >= startUs) return;
    const since = this.since(startUs);
    const after = since.at(-1)?.flags ?? before;
    const named = (dialogue.asked[0] ?? 0) & STANDARD;
    // What fell may have come up again since.
    const fell = since.reduce((bits, { flags }) => bits | ~flags, 0);
    const left = before & named & ~fell;
    if (left !== 0) this.report(`${hex(named)} was to be cleared, and ${hex(left)} stands`);
    const taken = before & ~named & ~after;
    if (taken !== 0) this.report(`${hex(named)} was to be cleared, and ${hex(taken)} went, too`);
  }
}

/** More messages than any queue of a BMC's holds. */
const WAITING_MAX = 1_024;
/** The codes that say what became of the queue. */
const ANSWERS: ReadonlySet<number> = new Set([Cc.Ok, SpecificCc.MessageQueueEmpty]);

class GivesInOrder extends HoldsState {
  /** The messages that came and were not fetched, as text. */
  waiting: string[] = [];
  /** Messages are told as they come. */
  tells = false;
  /** Before them there may be some that nobody knows: a queue may outlast a reset. */
  older = false;
  /** By the flag something lies in the queue. */
  stands = false;
  systemResetUs = -1;

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    const stands = (event.flags & MessageFlag.ReceiveMessageAvailable) !== 0;
    if (event.what === "flags") this.#flag(stands, event.t);
    if (resetsSystem(event)) this.systemResetUs = event.t;
    if ((event.what === "flags" || beginsAnew(event.what)) && !stands) this.older = false;
    if (event.what !== "message") return;
    // Where so many wait it does not matter any more which is first.
    if (this.waiting.length === WAITING_MAX) return this.forget();
    this.tells = true;
    this.waiting.push(event.text);
  }

  protected override about(command: Command): boolean {
    return isOf([getMessage, clearMessageFlags], command);
  }

  protected said(dialogue: Dialogue): void {
    if (!dialogue.witnessed) return;
    // On a scenario's orders it may say that it did nothing, and have done it.
    if (dialogue.ordered && !ANSWERS.has(dialogue.cc)) return this.forget();
    const cleared = dialogue.asks(clearMessageFlags)?.receiveMessageAvailable ?? false;
    if (cleared && dialogue.cc === Cc.Ok) {
      this.waiting = [];
      this.older = false;
    }
    if (!dialogue.is(getMessage) || !this.tells) return;
    if (dialogue.cc === SpecificCc.MessageQueueEmpty) return this.#empty();
    if (dialogue.cc === Cc.Ok) this.#gives(hexBytes(dialogue.data));
  }

  protected changes(dialogue: Dialogue): boolean {
    return dialogue.is(getMessage) || dialogue.is(clearMessageFlags);
  }

  /** What waits now is not known; what comes from here on is. */
  protected forget(): void {
    this.waiting = [];
    this.tells = false;
    this.older = true;
  }

  /** The system's reset takes nothing out of the queue. */
  #flag(stands: boolean, nowUs: number): void {
    const [first] = this.waiting;
    const falls = this.stands && !stands && this.systemResetUs === nowUs;
    this.stands = stands;
    if (falls && first !== undefined)
      this.report(`${first} waited, and went with the system's reset`);
  }

  #empty(): void {
    const [first] = this.waiting;
    if (first !== undefined) this.report(`${first} waits, and the queue is said to be empty`);
    this.waiting = [];
    this.older = false;
  }

  #gives(message: string): void {
    const at = this.waiting.indexOf(message);
    if (at === -1 && this.older) return;
    this.older = false;
    const [first] = this.waiting;
    if (first === undefined) this.report(`${message} was given, and no message waits`);
    else if (at === -1) this.report(`${first} came, and ${message} was given`);
    else if (at > 0) this.report(`${first} came before ${message}, which was given first`);
    this.waiting.splice(Math.max(at, 0), 1);
  }
}
