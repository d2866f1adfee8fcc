import { getDeviceId } from "../../ipmi/commands/app/device.ts";
import {
  getFruInventoryAreaInfo,
  readFruData,
  writeFruData,
} from "../../ipmi/commands/storage/fru.ts";
import { Cc, SpecificCc } from "../../ipmi/completion.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { CommonRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { bytesText, hex } from "../text.ts";
import { HoldsState, WHOLE_CONTROLLER_CODES } from "./holds.ts";

const FRU_COMMANDS: readonly Command[] = [getFruInventoryAreaInfo, readFruData, writeFruData];

/** The FRU inventory areas. */
export const fruRules: readonly CommonRule[] = [
  {
    id: "FRU-01",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §34.2, §34.3",
    sentence:
      "The count of a read says how many bytes came, and that of a write how many were written.",
    instead: "The BMC states as the count how many bytes it returned, or wrote.",
    observable: true,
    automaton: (context) => new CountsBytes(context),
  },
  {
    id: "FRU-02",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §34",
    sentence: "A BMC with FRU data provides FRU device 0.",
    instead: "The BMC answers for FRU device 0 if it has any FRU data at all.",
    observable: true,
    automaton: (context) => new ProvidesDeviceZero(context),
  },
  {
    id: "FRU-03",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §34.1 to §34.3",
    sentence: "FRU data read as they were read or written before.",
    instead: "The BMC returns the bytes that were written there last.",
    observable: true,
    automaton: (context) => new KeepsFruData(context),
  },
  {
    id: "FRU-04",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §34.1 to §34.3",
    sentence: "The area has the size that is stated: all of it can be read, and nothing beyond it.",
    instead:
      "The BMC returns every byte within the size that Get FRU Inventory Area Info states, and " +
      "refuses a read that begins beyond it.",
    observable: true,
    automaton: (context) => new KeepsWithinArea(context),
  },
  {
    id: "FRU-05",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §34; FRU Information Storage Definition 1.0 §8",
    sentence: "The common header of FRU device 0 sums up to zero, as long as nobody wrote there.",
    instead: "The eight bytes of the common header add up to zero, modulo 256.",
    needs: ["the beginning"],
    observable: true,
    automaton: (context) => new HeaderSumsUp(context),
  },
];

/** Bytes by device and offset, where the area is accessed by bytes. */
abstract class KnowsFruData extends HoldsState {
  readonly bytes = new Map<number, number>();
  /** Devices that are accessed by words, or of which nobody has asked. */
  readonly byBytes = new Set<number>();
  /** What was to be written behind the count of a write, where something else is known to be. */
  readonly uncounted = new Map<number, number>();

  protected override about(command: Command): boolean {
    return isOf(FRU_COMMANDS, command);
  }

  protected said(dialogue: Dialogue): void {
    const info = dialogue.gives(getFruInventoryAreaInfo);
    const device = dialogue.asks(getFruInventoryAreaInfo)?.fruId;
    if (info?.accessByWords === false && device !== undefined) this.byBytes.add(device);
    this.judge(dialogue);
    const asked = dialogue.asks(readFruData);
    const read = dialogue.gives(readFruData);
    if (asked !== undefined && read !== undefined && this.byBytes.has(asked.fruId)) {
      this.#keep(asked.fruId, asked.offset, read.data);
    }
    this.#written(dialogue);
  }

  /** What is known is what was known before this was said. */
  protected abstract judge(dialogue: Dialogue): void;

  protected changes(dialogue: Dialogue): boolean {
    return dialogue.is(writeFruData);
  }

  protected forget(): void {
    this.bytes.clear();
    this.uncounted.clear();
  }

  #written(dialogue: Dialogue): void {
    const asked = dialogue.asks(writeFruData);
    if (asked === undefined) return;
    const { fruId, offset, data } = asked;
    const written = dialogue.gives(writeFruData);
    if (written === undefined) {
      if (!this.#unchanged(dialogue)) this.forget();
    } else if (written.count <= data.length) {
      this.#keep(fruId, offset, data.subarray(0, written.count));
      this.#leave(fruId, offset + written.count, data.subarray(written.count));
    } else {
      this.forget();
    }
  }

  #unchanged(dialogue: Dialogue): boolean {
    return this.leftAlone(dialogue) || dialogue.cc === SpecificCc.FruWriteProtected;
  }

  #leave(device: number, offset: number, data: Uint8Array): void {
    data.forEach((byte, at) => {
      const where = place(device, offset + at);
      const known = this.bytes.get(where);
      if (known !== undefined && known !== byte) this.uncounted.set(where, byte);
    });
  }

  #keep(device: number, offset: number, data: Uint8Array): void {
    data.forEach((byte, at) => {
      this.bytes.set(place(device, offset + at), byte);
      this.uncounted.delete(place(device, offset + at));
    });
  }
}

/** The common header, of format version 1. */
const HEADER_BYTES = 8;
const FORMAT_VERSION = 0x01;

class HeaderSumsUp extends RuleAutomaton {
  written = false;

  concerns(command: Command): boolean {
    return isOf(FRU_COMMANDS, command);
  }

  dialogue(dialogue: Dialogue): void {
    if (dialogue.is(writeFruData)) this.written = true;
    const asked = dialogue.asks(readFruData);
    const data = dialogue.gives(readFruData)?.data;
    if (asked?.fruId !== 0 || asked.offset !== 0 || this.written || data === undefined) return;
    const header = data.subarray(0, HEADER_BYTES);
    if (header.length < HEADER_BYTES || header[0] !== FORMAT_VERSION) return;
    const sum = header.reduce((total, byte) => (total + byte) & 0xff, 0);
    if (sum !== 0)
      this.report(`the common header is ${bytesText(header)}, and sums up to ${hex(sum)}`);
  }
}

class CountsBytes extends KnowsFruData {
  protected judge(dialogue: Dialogue): void {
    const read = dialogue.gives(readFruData);
    if (read !== undefined) this.#read(dialogue, read);
    const written = dialogue.gives(writeFruData);
    const data = dialogue.asks(writeFruData)?.data;
    if (written === undefined || data === undefined || written.count <= data.length) return;
    this.report(`${data.length} bytes were to be written, and the count is ${written.count}`);
  }

  #read(
    dialogue: Dialogue,
    { count, data }: { readonly count: number; readonly data: Uint8Array },
  ) {
    const asked = dialogue.asks(readFruData);
    if (asked === undefined) return;
    if (count > asked.count) this.report(`${asked.count} were asked for, and ${count} came`);
    // The count may be in words.
    const words = data.length === 2 * count && !this.byBytes.has(asked.fruId);
    const whole = data.length === count || words;
    if (!whole) this.report(`the count is ${count}, and ${data.length} bytes came`);
    const at = data.findIndex((byte, index) => {
      return this.uncounted.get(place(asked.fruId, asked.offset + index)) === byte;
    });
    if (at === -1 || !dialogue.witnessed) return;
    this.report(`byte ${asked.offset + at} was written, and the count of that write left it out`);
    this.uncounted.clear();
  }
}

class ProvidesDeviceZero extends HoldsState {
  /** The BMC says that it is one, or some FRU device has been read. */
  provides = false;

  protected override about(command: Command): boolean {
    return isOf(FRU_COMMANDS, command) || isOf([getDeviceId], command);
  }

  protected said(dialogue: Dialogue): void {
    const device = dialogue.gives(getDeviceId);
    if (device !== undefined) this.provides = device.fruInventoryDevice;
    if (dialogue.succeeds(readFruData)) this.provides = true;
    const asked = dialogue.asks(getFruInventoryAreaInfo) ?? dialogue.asks(readFruData);
    if (!this.provides || asked?.fruId !== 0 || dialogue.cc !== Cc.NotPresent) return;
    this.report(`${dialogue.name} of FRU device 0 got CBh: not present`);
  }

  protected changes(): boolean {
    return false;
  }

  protected forget(): void {
    this.provides = false;
  }
}

class KeepsFruData extends KnowsFruData {
  protected judge(dialogue: Dialogue): void {
    const asked = dialogue.asks(readFruData);
    const read = dialogue.gives(readFruData);
    if (asked === undefined || read === undefined || !this.byBytes.has(asked.fruId)) return;
    const known = read.data.map((byte, at) => {
      const where = place(asked.fruId, asked.offset + at);
      return this.uncounted.get(where) === byte ? byte : (this.bytes.get(where) ?? byte);
    });
    if (!dialogue.witnessed || known.every((byte, at) => byte === read.data[at])) return;
    const was = bytesText(known);
    this.report(
      `from byte ${asked.offset} on it was ${was}, and now reads ${bytesText(read.data)}`,
    );
  }
}

class KeepsWithinArea extends HoldsState {
  /** Bytes, or words, by device. */
  readonly sizes = new Map<number, number>();

  protected override about(command: Command): boolean {
    return isOf(FRU_COMMANDS, command);
  }

  protected said(dialogue: Dialogue): void {
    const info = dialogue.gives(getFruInventoryAreaInfo);
    const device = dialogue.asks(getFruInventoryAreaInfo)?.fruId;
    if (info !== undefined && device !== undefined) this.#stated(device, info);
    this.#read(dialogue);
    const asked = dialogue.asks(writeFruData);
    const written = dialogue.gives(writeFruData);
    const size = asked === undefined ? undefined : this.sizes.get(asked.fruId);
    if (asked === undefined || size === undefined) return;
    const end = asked.offset + asked.data.length;
    if (end <= size && OUTSIDE.has(dialogue.cc)) {
      this.report(`the area has ${size}, and a write up to ${end} got ${hex(dialogue.cc)}`);
    }
    if (written === undefined || asked.offset + written.count <= size) return;
    this.report(
      `the area has ${size} bytes, and those up to ${asked.offset + written.count} were written`,
    );
  }

  protected changes(): boolean {
    return false;
  }

  protected forget(): void {
    this.sizes.clear();
  }

  #stated(
    device: number,
    info: { readonly areaBytes: number; readonly accessByWords: boolean },
  ): void {
    const size = info.accessByWords ? info.areaBytes >> 1 : info.areaBytes;
    const before = this.sizes.get(device);
    if (before !== undefined && before !== size) {
      this.report(`FRU device ${device} had an area of ${before}, and now has one of ${size}`);
    }
    this.sizes.set(device, size);
  }

  #read(dialogue: Dialogue): void {
    const asked = dialogue.asks(readFruData);
    const size = asked === undefined ? undefined : this.sizes.get(asked.fruId);
    if (asked === undefined || size === undefined) return;
    const { offset, count } = asked;
    const read = dialogue.gives(readFruData);
    const within = offset + count <= size;
    if (read !== undefined && offset + read.count > size) {
      this.report(`the area has ${size}, and ${offset + read.count} could be read`);
    } else if (read?.count === 0 && count > 0 && offset < size) {
      this.report(`the area has ${size}, and from ${offset} on nothing came`);
    } else if (within && OUTSIDE.has(dialogue.cc) && !WHOLE_CONTROLLER_CODES.has(dialogue.cc)) {
      this.report(`the area has ${size}, and ${count} from ${offset} on got ${hex(dialogue.cc)}`);
    }
  }
}

/** What is outside is refused so, or is not there. @see IPMI 2.0 Table 5-2 */
const OUTSIDE: ReadonlySet<number> = new Set([Cc.ParameterOutOfRange, Cc.NotPresent]);

const DEVICE_BYTES = 0x1_0000;
function place(device: number, offset: number): number {
  return device * DEVICE_BYTES + offset;
}
