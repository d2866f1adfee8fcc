import {
  MessageFlag,
  readEventMessageBuffer,
  setBmcGlobalEnables,
} from "../../ipmi/commands/app/messaging.ts";
import { setEventReceiver } from "../../ipmi/commands/sensor-event/event.ts";
import { RecordId } from "../../ipmi/commands/storage/allocation.ts";
import { Cc } from "../../ipmi/completion.ts";
import { BMC_ADDRESS } from "../../ipmi/ipmb.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { CommonRule } from "../rule.ts";
import { HoldsState } from "./holds.ts";
import { generatorOf } from "./logged.ts";
import { resetsSystem, startsAfresh } from "./watchdog-model.ts";

/** Events that do not come from the system's software. */
export const ownEventRules: readonly CommonRule[] = [
  {
    id: "EVT-07",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §6.12.2, §22.1, §22.4, §22.8",
    sentence:
      "An event of the BMC's own goes into the event message buffer, where that is enabled and empty, " +
      "sets its flag, and bears its record's id; one of the system's software does not.",
    instead:
      "The BMC puts the event that it logged into the enabled, empty buffer, with its record id, " +
      "and sets the flag; software's events it only logs.",
    observable: true,
    automaton: (context) => new OffersOwnEvents(context),
  },
  {
    id: "EVT-08",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.1, §29.1",
    sentence:
      "With logging off, or another event receiver than itself, the BMC does not log its own events.",
    instead: "The BMC writes none of its own events into its log in that time.",
    observable: true,
    automaton: (context) => new LogsWhereItMay(context),
  },
];

const BY_SOFTWARE = 1;

/** While the BMC has one of these in hand, nobody can tell how things are. */
const BUFFER_COMMANDS = [setBmcGlobalEnables, readEventMessageBuffer];
const LOGGING_COMMANDS = [setBmcGlobalEnables, setEventReceiver];

class OffersOwnEvents extends HoldsState {
  enabled = false;
  flags = -1;
  /** An event was logged then that has to be in the buffer; -1 none is missing. */
  missingUs = -1;
  /** What was logged last, and by whom. */
  logged = { us: -1, id: -1, software: false };
  /** The record in the buffer, where it was logged; -1 none, or nobody knows. */
  held = -1;

  override bmcLife(event: On<"bmcLife">): void {
    this.#look(event.t);
    super.bmcLife(event);
    if (resetsSystem(event)) this.enabled = false;
    if (startsAfresh(event)) this.flags = 0;
    if (event.what === "flags") this.#told(event);
    const generator = generatorOf(event);
    if (generator === -1) return;
    const software = (generator & BY_SOFTWARE) !== 0;
    this.logged = {
      us: event.t,
      id: Number.parseInt(event.text.slice("record ".length), 10),
      software,
    };
    const free = this.flags !== -1 && (this.flags & MessageFlag.EventMessageBufferFull) === 0;
    const due = this.enabled && !software && free;
    if (due && !this.dialogues.inHand(BUFFER_COMMANDS)) this.missingUs = event.t;
  }

  end({ t }: On<"end">): void {
    this.#look(t);
  }

  protected override about(command: Command): boolean {
    return isOf(BUFFER_COMMANDS, command);
  }

  protected said(dialogue: Dialogue): void {
    this.#look(dialogue.endUs);
    const record = dialogue.gives(readEventMessageBuffer)?.record;
    if (record !== undefined && dialogue.witnessed) this.#read(record);
    const asked = dialogue.asks(setBmcGlobalEnables);
    if (asked === undefined || this.leftAlone(dialogue)) return;
    this.enabled = dialogue.cc === Cc.Ok && dialogue.witnessed && asked.eventMessageBuffer;
    // What was in it is gone with it.
    if (!asked.eventMessageBuffer && this.flags !== -1) {
      this.flags &= ~MessageFlag.EventMessageBufferFull;
    }
  }

  protected changes(dialogue: Dialogue): boolean {
    return dialogue.is(setBmcGlobalEnables);
  }

  protected forget(): void {
    this.enabled = false;
    this.missingUs = -1;
    this.held = -1;
  }

  #read(record: Uint8Array): void {
    const { held } = this;
    this.held = -1;
    const id = (record[0] ?? 0) | ((record[1] ?? 0) << 8);
    if (id === RecordId.First) this.report("the event in the buffer bears the id 0000h");
    else if (id === RecordId.Last && held !== -1) {
      this.report(`an event was logged as record ${held}, and the buffer says that it was not`);
    }
  }

  #told({ flags, t }: On<"bmcLife">): void {
    const full = MessageFlag.EventMessageBufferFull;
    const rises = (flags & full) !== 0 && this.flags !== -1 && (this.flags & full) === 0;
    this.flags = flags;
    if ((flags & full) === 0) return;
    this.missingUs = -1;
    if (!rises) return;
    this.held = this.logged.us === t ? this.logged.id : -1;
    if (this.held === -1 || !this.logged.software) return;
    this.report("an event of the system's software came into the buffer");
  }

  #look(nowUs: number): void {
    if (this.missingUs === -1 || nowUs <= this.missingUs) return;
    this.report("an event was logged, and the buffer was empty, and its flag did not come up");
    this.missingUs = -1;
  }
}

class LogsWhereItMay extends HoldsState {
  /** What was told last; undefined when nobody did, or nobody knows. */
  logging: boolean | undefined;
  receiver: number | undefined;

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    if (resetsSystem(event)) this.logging = undefined;
    const generator = generatorOf(event);
    if (generator === -1 || (generator & BY_SOFTWARE) !== 0) return;
    if (this.dialogues.inHand(LOGGING_COMMANDS)) return;
    if (this.logging === false) this.report("logging was off, and an event was logged");
    const elsewhere = this.receiver !== undefined && this.receiver !== BMC_ADDRESS;
    if (generator !== BMC_ADDRESS || !elsewhere) return;
    this.report("another was the event receiver, and an event of the BMC's own was logged");
  }

  protected override about(command: Command): boolean {
    return isOf(LOGGING_COMMANDS, command);
  }

  protected said(dialogue: Dialogue): void {
    if (this.leftAlone(dialogue)) return;
    const done = dialogue.cc === Cc.Ok && dialogue.witnessed;
    const enables = dialogue.asks(setBmcGlobalEnables);
    if (enables !== undefined) this.logging = done ? enables.systemEventLogging : undefined;
    const receiver = dialogue.asks(setEventReceiver);
    if (receiver !== undefined) this.receiver = done ? receiver.address : undefined;
  }

  protected changes(dialogue: Dialogue): boolean {
    return this.about(dialogue);
  }

  protected forget(): void {
    this.logging = undefined;
    this.receiver = undefined;
  }
}
