import { secretFrom } from "../../../ipmi/secrets.ts";
import { BT_FIFO_BYTES_MIN, BtControl } from "../../../wire/bt/protocol.ts";
import type { HostWrite, On } from "../../automaton.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { bothTexts, hex } from "../../text.ts";
import type { Frame } from "../frame.ts";
import type { BtContext, BtRule } from "../observer.ts";

/** Whether what comes out of a FIFO is what was put into it. */
export const fifos: readonly BtRule[] = [
  {
    id: "BT-33",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §11.6.4, §11.7",
    sentence:
      "The BMC reads a request from its first byte, and puts a response where the host finds its first: it sets its pointers back before.",
    instead:
      "The BMC clears its read pointer before it reads a request, and its write pointer before " +
      "it writes a response.",
    trusts: "the state",
    observable: true,
    automaton: (context) => {
      const { bmc, host } = context.head.taps;
      return bmc && host ? new SetsPointersBack(context) : {};
    },
  },
];

const NONE = new Uint8Array(0);

/** By both faces, of a host that cleared its own pointers, and with no wire fault between. */
class SetsPointersBack extends RuleAutomaton<BtContext> {
  /** The request that was offered last; empty when it is not to be relied on, or was told of. */
  asked: Uint8Array = NONE;
  /** The response that was given last, in the same way. */
  put: Uint8Array = NONE;
  askedChanges = 0;
  putChanges = 0;
  clears = false;

  hostWriteControl({ value }: HostWrite): void {
    if ((value & BtControl.ClearWritePointer) !== 0) this.clears = true;
  }

  offered({ bytes, length, whole }: Frame): void {
    // What is more than the BMC takes need not fit into its FIFO.
    const takes = this.host.transfers.capabilities?.inputMax ?? BT_FIFO_BYTES_MIN - 1;
    const relied = this.clears && whole && length <= takes;
    this.asked = relied ? bytes.copy() : NONE;
    this.askedChanges = this.#changes;
    this.clears = false;
  }

  bmcRead({ value }: On<"bmcRead">): void {
    const { input } = this.bmc;
    const at = input.whole ? 0 : input.bytes.length;
    const there = this.asked[at];
    if (there === undefined || there === value || this.askedChanges !== this.#changes) return;
    const [read, is] =
      at < secretFromInBt(this.asked) ? [hex(value), hex(there)] : ["**", "another"];
    this.report(`the BMC read ${read} for byte ${at} of the request, which is ${is}`);
    this.asked = NONE;
  }

  given({ bytes, whole }: Frame): void {
    this.put = whole ? bytes.copy() : NONE;
    this.putChanges = this.#changes;
  }

  fetched({ bytes }: Frame): void {
    const { put } = this;
    this.put = NONE;
    if (put.length === 0 || this.putChanges !== this.#changes) return;
    if (bytes.begin(put)) return;
    const [found, was] = bothTexts(bytes.copy(), put, secretFromInBt);
    this.report(`the host found ${found}; the BMC had put in ${was}`);
  }

  /** Of the wire; while a fault is active that is no number, and equal to none. */
  get #changes(): number {
    return this.faults.wireActive ? Number.NaN : this.faults.wireChanges;
  }
}

/** Length and Seq stand before and within the message. @see IPMI 2.0 §11.1 */
function secretFromInBt([, netFnLun = 0, , ...rest]: Uint8Array): number {
  return secretFrom([netFnLun, ...rest]) + 2;
}
