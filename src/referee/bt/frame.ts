import { BT_REQUEST_LENGTH_MIN } from "../../wire/bt/protocol.ts";
import { Bytes } from "../transfer.ts";

/** The bytes of one frame as they pass a FIFO: Length, NetFn/LUN, Seq, Cmd and what follows. */
export class Frame {
  readonly bytes = new Bytes();

  /** Bytes after Length. */
  get length(): number {
    return this.bytes.at(0);
  }

  /** As many bytes as Length says have come, or more. */
  get whole(): boolean {
    return this.bytes.length > 0 && this.bytes.length > this.length;
  }

  /** Length is enough for NetFn/LUN, Seq and Cmd, by which a frame is known. */
  get named(): boolean {
    return this.length >= BT_REQUEST_LENGTH_MIN;
  }

  get netFnLun(): number {
    return this.bytes.at(1);
  }

  get seq(): number {
    return this.bytes.at(2);
  }

  get cmd(): number {
    return this.bytes.at(3);
  }

  /** Appends the message to `to`: the frame without Length and Seq. */
  copyMessage(to: Bytes): void {
    const end = Math.min(this.length + 1, this.bytes.length);
    for (let i = 1; i < end; i++) if (i !== 2) to.push(this.bytes.at(i));
  }
}
