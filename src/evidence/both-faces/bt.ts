import { BtControl, HOST_CLEARS, HOST_SETS } from "../../wire/bt/protocol.ts";
import { boundsOf, DATA_BYTES } from "./bounds.ts";
import type { BmcStep, Byte, HostStep } from "./face.ts";
import { hex, type Wire, type WireModel } from "./wire.ts";

/** BT: frames in two FIFOs, handed over by the bits of BT_CTRL. */
export const bt: Wire = {
  together: false,
  sent,
  taken: (steps) =>
    steps.flatMap((each, step): Byte[] => {
      return each.e === "bmc.read" ? [{ step, first: step, t: each.t, token: each.value }] : [];
    }),
  begins: clears,
  bounds: (faces, pairs) => boundsOf(faces, pairs, DATA_BYTES),
  model: () => new BtRegisters(),
};

/** What the host put into the FIFO and handed over; what it took back before is nothing. */
function sent(steps: readonly HostStep[]): Byte[] {
  const bytes: Byte[] = [];
  let frame: { t: number; token: number }[] = [];
  let first = 0;
  for (const [step, each] of steps.entries()) {
    if (each.e !== "host.write") continue;
    if (each.reg === "data" && frame.length === 0 && !clears(steps[first])) first = step;
    if (each.reg === "data") frame.push({ t: each.t, token: each.value });
    if (each.reg !== "control") continue;
    if (clears(each)) {
      frame = [];
      first = step;
    }
    if ((each.value & BtControl.H2bAtn) === 0) continue;
    for (const byte of frame) bytes.push({ ...byte, step, first });
    frame = [];
    first = step;
  }
  return bytes;
}

function clears(step: HostStep | BmcStep | undefined): boolean {
  const control = step?.e === "host.write" && step.reg === "control";
  return control && (step.value & BtControl.ClearWritePointer) !== 0;
}

const POINTERS = BtControl.ClearReadPointer | BtControl.ClearWritePointer;

/** What the host sets the BMC clears, and the other way round. */
const SHARED = HOST_SETS | HOST_CLEARS;

/** A FIFO, of which it may be unknown where it is written and read. */
interface Fifo {
  readonly bytes: readonly (number | undefined)[];
  readonly writeAt: number | undefined;
  readonly readAt: number | undefined;
}

const UNKNOWN_FIFO: Fifo = { bytes: [], writeAt: undefined, readAt: undefined };

/** BT's registers as both faces tell of them together, as far as they are known. */
class BtRegisters implements WireModel {
  #control = 0;
  /** The bits of BT_CTRL that are known. */
  #known = 0;
  /** BT_CTRL as the BMC's side told of it last. */
  #told: number | undefined;
  /** The BMC has written into its FIFO since it set B2H_ATN last. */
  #fills = false;
  /** So many bytes the BMC had written of the response that it handed over last; 0 where it is not known. */
  #handed = 0;
  #toBmc = UNKNOWN_FIFO;
  #toHost = UNKNOWN_FIFO;

  copy(): BtRegisters {
    const copy = new BtRegisters();
    copy.#control = this.#control;
    copy.#known = this.#known;
    copy.#told = this.#told;
    copy.#fills = this.#fills;
    copy.#handed = this.#handed;
    copy.#toBmc = this.#toBmc;
    copy.#toHost = this.#toHost;
    return copy;
  }

  differs(step: HostStep | BmcStep): string | undefined {
    if (step.e === "host.read" && step.reg === "control") {
      if (((step.value ^ this.#control) & this.#known & ~POINTERS) === 0) return undefined;
      return `the host read ${hex(step.value)} from BT_CTRL; the BMC's side had ${hex(this.#control)}`;
    }
    if (step.e === "host.read" && step.reg === "data") {
      if (this.#isShort()) {
        return `the host read ${hex(step.value)} from BMC2HOST, which the BMC had not written`;
      }
      const its = nextOf(this.#toHost);
      if (its === undefined || its === step.value) return undefined;
      return `the host read ${hex(step.value)} from BMC2HOST; the BMC had written ${hex(its)}`;
    }
    if (step.e !== "bmc.read") return undefined;
    const its = nextOf(this.#toBmc);
    // The BMC may begin at the front again, which its face does not show.
    if (its === undefined || its === step.value || this.#toBmc.bytes[0] === step.value) {
      return undefined;
    }
    return `the BMC read ${hex(step.value)} from HOST2BMC; the host had written ${hex(its)}`;
  }

  /** A host fills the FIFO where the BMC does not read it; and the BMC sees of BT_CTRL what the host left. */
  misplaces(step: HostStep | BmcStep): boolean {
    if (step.e === "bmc.status") return (this.#unexplained(step.status) & this.#known) !== 0;
    if (step.e !== "host.write") return this.differs(step) !== undefined;
    if (step.reg !== "data") return false;
    return (this.#control & this.#known & (BtControl.BBusy | BtControl.H2bAtn)) !== 0;
  }

  unclear(): undefined {
    return undefined;
  }

  take(step: HostStep | BmcStep): void {
    switch (step.e) {
      case "host.read":
        if (step.reg === "data") this.#toHost = readOn(this.#toHost);
        if (step.reg === "control") this.#learn(0xff, step.value);
        return;
      case "host.write":
        if (step.reg === "data") this.#toBmc = writtenOn(this.#toBmc, step.value);
        if (step.reg === "control") this.#hostControl(step.value);
        return;
      case "bmc.read":
        // A response is written behind its request: so it is known where the next begins.
        this.#toHost = { ...this.#toHost, writeAt: this.#toHost.writeAt ?? 0 };
        this.#toBmc = readOn(
          nextOf(this.#toBmc) === step.value ? this.#toBmc : { ...this.#toBmc, readAt: 0 },
        );
        return;
      case "bmc.write":
        this.#fills = true;
        this.#toHost = writtenOn(this.#toHost, step.value);
        return;
      case "bmc.status":
        return this.#bmcControl(step.status);
    }
  }

  unsure(step: BmcStep): void {
    if (step.e === "bmc.status") this.#known &= ~((step.status ^ this.#control) & SHARED);
  }

  settles(step: HostStep | BmcStep): boolean {
    return step.e === "host.read" && step.reg === "control";
  }

  looksTaken(): undefined {
    return undefined;
  }

  #hostControl(bits: number): void {
    if ((bits & BtControl.ClearWritePointer) !== 0) this.#toBmc = { ...this.#toBmc, writeAt: 0 };
    if ((bits & BtControl.ClearReadPointer) !== 0) this.#toHost = { ...this.#toHost, readAt: 0 };
    if ((bits & BtControl.H2bAtn) !== 0) this.#toBmc = { ...this.#toBmc, readAt: 0 };
    this.#control ^= bits & BtControl.HBusy;
    this.#learn(bits & HOST_SETS, bits);
    this.#learn(bits & HOST_CLEARS, 0);
  }

  /**
   * A BMC's driver knows of the host's bits what it saw when it looked last. So of these only a change
   * is the BMC's doing, and what else does not fit is not known any more.
   */
  #bmcControl(told: number): void {
    const set = this.#sets(told);
    const cleared = (this.#told ?? told) & ~told & HOST_SETS;
    this.#known &= ~this.#unexplained(told);
    this.#learn(BtControl.BBusy, told);
    this.#learn(set, set);
    this.#learn(cleared, 0);
    this.#told = told;
    if ((set & BtControl.B2hAtn) === 0) return;
    // The next byte is another response's.
    this.#handed = this.#fills ? (this.#toHost.writeAt ?? 0) : 0;
    this.#fills = false;
    this.#toHost = { ...this.#toHost, writeAt: 0 };
  }

  /** The next byte belongs to the response by its length, and was not there when it was handed over. */
  #isShort(): boolean {
    const { bytes, readAt = 0 } = this.#toHost;
    return this.#handed > 0 && readAt >= this.#handed && readAt <= (bytes[0] ?? 0);
  }

  /** The bits that the BMC has set. */
  #sets(told: number): number {
    const hands = this.#fills ? told & BtControl.B2hAtn : 0;
    return (told & ~(this.#told ?? told) & HOST_CLEARS) | hands;
  }

  /** What is not as the host left it, and not the BMC's doing. */
  #unexplained(told: number): number {
    const cleared = (this.#told ?? told) & ~told & HOST_SETS;
    const its = BtControl.BBusy | this.#sets(told) | cleared | POINTERS;
    return (told ^ this.#control) & ~its;
  }

  #learn(bits: number, levels: number): void {
    this.#known |= bits;
    this.#control = (this.#control & ~bits) | (levels & bits);
  }
}

function nextOf({ bytes, readAt }: Fifo): number | undefined {
  return readAt === undefined ? undefined : bytes[readAt];
}

function readOn(fifo: Fifo): Fifo {
  return fifo.readAt === undefined ? fifo : { ...fifo, readAt: fifo.readAt + 1 };
}

function writtenOn({ bytes, writeAt, readAt }: Fifo, value: number): Fifo {
  if (writeAt === undefined) return { bytes, writeAt, readAt };
  const now = bytes.slice();
  now[writeAt] = value;
  return { bytes: now, writeAt: writeAt + 1, readAt };
}
