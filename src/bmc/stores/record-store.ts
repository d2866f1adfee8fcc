import { WHOLE_RECORD } from "../../ipmi/commands/storage/allocation.ts";

/** Space is handed out in units of this size. @see IPMI 2.0 §31.3, §33.10 */
export const UNIT_BYTES = 16;

/** The piece that a Get asks for, or why it cannot be had. @see IPMI 2.0 §31.5, §33.12 */
export function pieceOf(
  record: Uint8Array,
  { offset, count }: { readonly offset: number; readonly count: number },
): Uint8Array | "offset" | "count" {
  if (offset >= record.length) return "offset";
  const end = count === WHOLE_RECORD ? record.length : offset + count;
  return end > record.length ? "count" : record.slice(offset, end);
}

/** A record that arrives in pieces. @see IPMI 2.0 §31.7, §33.14 */
export class PartialRecord {
  private _id = 0;
  private _bytes: number[] | undefined;

  /**
   * Takes the piece at `offset`. The first one has the record id 0000h, the others the id that the
   * record will get, and each begins where the one before it ended.
   */
  append(
    piece: { readonly recordId: number; readonly offset: number; readonly data: Uint8Array },
    nextId: number,
  ): "record" | "offset" | undefined {
    if (piece.recordId === 0 && piece.offset === 0) {
      this._id = nextId;
      this._bytes = [];
    }
    if (this._bytes === undefined) return "record";
    if (piece.recordId !== 0 && piece.recordId !== this._id) return "record";
    if (piece.offset !== this._bytes.length) return "offset";
    this._bytes.push(...piece.data);
    return undefined;
  }

  /** The pieces together; the next record begins anew. */
  finish(): Uint8Array {
    const record = Uint8Array.from(this._bytes ?? []);
    this._bytes = undefined;
    return record;
  }
}
