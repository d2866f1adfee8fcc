import { getDeviceId } from "../../ipmi/commands/app/device.ts";
import { type AllocationInfo, ClearOperation } from "../../ipmi/commands/storage/allocation.ts";
import { SEL_RECORD_BYTES } from "../../ipmi/commands/storage/sel-record.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import { hex } from "../text.ts";
import { WHOLE_CONTROLLER_CODES } from "./holds.ts";
import { JudgesRecords } from "./judges-records.ts";
import type { RecordStore, StoreInfo } from "./record-model.ts";

/** A full store takes no more and says so, and one with room takes what comes. */
export class RefusesWhenFull extends JudgesRecords {
  /** It stated so many free bytes, and nothing was erased since; -1 when that is not known. */
  freeBytes = -1;
  /** Something was lost for want of room, and nothing was erased since. */
  lost = false;
  /** It was cleared, and nothing has been lost since. */
  cleared = false;

  protected judge(dialogue: Dialogue): void {
    const { store } = this;
    if (!dialogue.witnessed) return;
    if (dialogue.is(store.erase) || dialogue.is(store.clear)) {
      this.freeBytes = -1;
      this.lost = false;
    }
    const initiates = dialogue.asks(store.clear)?.operation === ClearOperation.Initiate;
    if (initiates && dialogue.cc === Cc.Ok) this.cleared = true;
    const record = dialogue.asks(store.add)?.record;
    if (dialogue.cc === Cc.OutOfSpace) this.cleared = false;
    if (record !== undefined) this.#judgeAdd(dialogue, record);
    const info = dialogue.gives(store.info);
    if (info === undefined) return;
    this.freeBytes = info.freeBytes >= FREE_UNKNOWN ? -1 : info.freeBytes;
    if (this.cleared && info.overflow) {
      this.report(`${dialogue.name} shows an overflow, and nothing was lost since the clear`);
      this.cleared = false;
    }
    if (!this.lost || info.overflow) return;
    this.report(`${dialogue.name} shows no overflow, though a record was lost for want of room`);
    this.lost = false;
  }

  protected override loggedEvent(): void {
    if (this.freeBytes === -1) return;
    if (this.freeBytes < SEL_RECORD_BYTES) {
      this.report(`${this.freeBytes} bytes were free, and an event was logged`);
      this.freeBytes = -1;
    } else {
      this.freeBytes -= SEL_RECORD_BYTES;
    }
  }

  protected override refusedEvent(): void {
    this.lost = true;
    this.cleared = false;
  }

  protected override forget(): void {
    super.forget();
    this.freeBytes = -1;
    this.lost = false;
    this.cleared = false;
  }

  #judgeAdd({ cc, name }: Dialogue, record: Uint8Array): void {
    const free = this.freeBytes;
    if (cc === Cc.Ok) {
      if (free >= 0 && free < record.length) {
        this.report(`${free} bytes were free, and ${name} of ${record.length} succeeded`);
      }
      this.freeBytes = -1;
    } else if (cc === Cc.OutOfSpace) {
      this.lost = true;
      // What a record takes besides its bytes is the store's own affair.
      if (free < ROOM_BYTES) return;
      this.report(`${free} bytes were free, and ${name} of ${record.length} got C4h: out of space`);
    } else if (free === 0 && !WHOLE_CONTROLLER_CODES.has(cc) && !STORE_CODES.has(cc)) {
      this.report(`the ${this.store.name} was full, and ${name} got ${hex(cc)}`);
    }
  }
}

/** Both commands speak of one room. */
export class StatesRoom extends JudgesRecords {
  /** What Info said last, and nothing has changed since; -1 otherwise. */
  freeBytes = -1;
  /** The same by the units, and what one of them has. */
  freeByUnits = -1;

  protected judge(dialogue: Dialogue): void {
    const { store } = this;
    if (!dialogue.witnessed) return;
    if (this.changes(dialogue)) this.#changed();
    const info = dialogue.gives(store.info);
    if (info !== undefined) {
      this.freeBytes = info.freeBytes >= FREE_UNKNOWN ? -1 : info.freeBytes;
    }
    const units = dialogue.gives(store.allocation);
    if (units !== undefined) this.#judgeUnits(units);
    if (info === undefined && units === undefined) return;
    if (this.freeBytes === -1 || this.freeByUnits === -1) return;
    if (this.freeBytes === this.freeByUnits) return;
    this.report(`${this.freeBytes} bytes are free, and by its units ${this.freeByUnits}`);
  }

  protected override loggedEvent(): void {
    this.#changed();
  }

  protected override forget(): void {
    super.forget();
    this.#changed();
  }

  #judgeUnits({ units, unitBytes, freeUnits, largestFreeUnits }: AllocationInfo): void {
    const bytes = freeUnits * unitBytes;
    this.freeByUnits = bytes === 0 || bytes >= FREE_UNKNOWN ? -1 : bytes;
    if (units !== 0 && freeUnits > units) {
      this.report(`${freeUnits} units of ${units} are free`);
    } else if (largestFreeUnits > freeUnits) {
      this.report(`${freeUnits} units are free, and ${largestFreeUnits} of them in one piece`);
    }
  }

  #changed(): void {
    this.freeBytes = -1;
    this.freeByUnits = -1;
  }
}

/** BCD, the more significant digit last. @see IPMI 2.0 §31.2, §33.9 */
const VERSIONS: ReadonlySet<number> = new Set([0x51, 0x02]);

/** What Info says of the store's commands is so. */
export class NamesCommands extends JudgesRecords {
  /** A BMC of this specification, by its own word. */
  present = false;
  /** What Info said last. */
  info: StoreInfo | undefined;

  protected override about(command: Command): boolean {
    return isOf([getDeviceId], command) || super.about(command);
  }

  protected override said(dialogue: Dialogue): void {
    const device = dialogue.gives(getDeviceId);
    if (device !== undefined) this.present = device.ipmiMajor >= 2;
    super.said(dialogue);
  }

  protected judge(dialogue: Dialogue): void {
    const { store } = this;
    const info = dialogue.gives(store.info);
    if (info !== undefined) {
      this.info = info;
      if (!this.present || VERSIONS.has(info.version)) return;
      this.report(`the version of its commands is ${hex(info.version)}`);
      return;
    }
    const { info: said } = this;
    if (said === undefined) return;
    const named: readonly (readonly [AnyLayout, boolean])[] = [
      [store.allocation, said.allocationInfoSupported],
      [store.reserve, said.reserveSupported],
      [store.partialAdd, said.partialAddSupported],
      [store.erase, said.deleteSupported],
    ];
    const command = named.find(([layout]) => dialogue.is(layout));
    if (command === undefined) return;
    const [, supported] = command;
    if (!supported && dialogue.cc === Cc.Ok) {
      this.report(`${dialogue.name} was carried out, and is said not to be there`);
    } else if (supported && dialogue.cc === Cc.InvalidCommand) {
      this.report(`${dialogue.name} got C1h, and is said to be there`);
    }
  }

  protected override forget(): void {
    super.forget();
    this.info = undefined;
    this.present = false;
  }
}

type AnyLayout =
  | RecordStore["reserve"]
  | RecordStore["allocation"]
  | RecordStore["erase"]
  | RecordStore["partialAdd"];

/** From here on it means: that or more, or nobody knows. @see IPMI 2.0 §31.2, §33.9 */
const FREE_UNKNOWN = 0xfffe;
/** So much room takes any record, whatever it takes besides. */
const ROOM_BYTES = 256;
/** The record's type or length is refused, or the store is being erased. @see IPMI 2.0 §31.6 */
const STORE_CODES: ReadonlySet<number> = new Set([
  0x80,
  0x81,
  Cc.RequestLengthInvalid,
  Cc.InvalidField,
]);
