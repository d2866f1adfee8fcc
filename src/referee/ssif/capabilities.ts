import { NetFn } from "../../ipmi/command-table.ts";
import { getSystemInterfaceCapabilities } from "../../ipmi/commands/app/system-interface.ts";
import { Cc } from "../../ipmi/completion.ts";
import { BLOCK_BYTES_MAX } from "../../wire/ssif/protocol.ts";
import type { Transfer } from "../transfer.ts";

/** What a BMC said that its SSIF can do; before it said anything, the least. @see IPMI 2.0 §22.9 */
export class Capabilities {
  /** It was asked, and said so. */
  told = false;
  /** It was asked, and does not have the command. */
  refused = false;
  pec = false;
  /** 0: single-part only; 1: a start and an end; 2: all. */
  transactions = 0;
  inputBytesMax = BLOCK_BYTES_MAX;

  /** A request and its response. */
  take(transfer: Transfer): void {
    if (!transfer.passesFor(NetFn.App, getSystemInterfaceCapabilities.cmd)) return;
    if (transfer.request.at(2) !== 0) return;
    if (transfer.cc !== Cc.Ok) {
      // At another LUN, or of another form, it may be refused and yet be there.
      if (transfer.cc === Cc.InvalidCommand && transfer.lun === 0) this.refused = true;
      return;
    }
    const flags = transfer.data(1);
    const input = transfer.data(2);
    if (flags === -1 || input === -1) return;
    this.told = true;
    this.refused = false;
    this.pec = (flags & 0x08) !== 0;
    this.transactions = flags >> 6;
    this.inputBytesMax = input;
  }
}
