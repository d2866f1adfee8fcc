import { assert } from "../../assert.ts";

const SIZE_MAX = 0xffff;

/** The contents of the FRU devices behind the controller, by device id. @see IPMI 2.0 §34 */
export class FruInventory {
  private readonly _devices: ReadonlyMap<number, Uint8Array>;
  readonly writeProtected: boolean;

  /** Contents of 64 KiB - 1 bytes or less each. */
  constructor(devices: ReadonlyMap<number, Uint8Array>, writeProtected: boolean) {
    for (const content of devices.values()) {
      assert(content.length <= SIZE_MAX, "an area's size fits into its field");
    }
    this._devices = new Map([...devices].map(([id, content]) => [id, content.slice()]));
    this.writeProtected = writeProtected;
  }

  /** Bytes of the device; undefined when there is no such device. */
  sizeOf(id: number): number | undefined {
    return this._devices.get(id)?.length;
  }

  /** So many bytes, or as many as there are from `offset` to the end. */
  read(id: number, offset: number, count: number): Uint8Array {
    return this._devices.get(id)?.slice(offset, offset + count) ?? new Uint8Array();
  }

  /** The caller has checked that the data lie within the device. */
  write(id: number, offset: number, data: Uint8Array): void {
    this._devices.get(id)?.set(data, offset);
  }
}
