import * as wire from "../../../ipmi/commands/storage/fru.ts";
import { Cc, SpecificCc } from "../../../ipmi/completion.ts";
import { command } from "../../controller/command.ts";
import type { FruInventory } from "../../stores/fru-inventory.ts";

interface Needs {
  readonly fru: FruInventory;
}

/** @see IPMI 2.0 §34.1 */
export const getFruInventoryAreaInfo = command<Needs>()({
  layout: wire.getFruInventoryAreaInfo,
  handle: ({ fru }, { fruId }) => {
    const areaBytes = present(fru, fruId);
    return typeof areaBytes === "object" ? areaBytes.cc : { areaBytes, accessByWords: false };
  },
});

/** Beyond the area's end there is less to return, and the count says so. @see IPMI 2.0 §34.2 */
export const readFruData = command<Needs>()({
  layout: wire.readFruData,
  handle: ({ fru }, { fruId, offset, count }) => {
    const areaBytes = present(fru, fruId);
    if (typeof areaBytes === "object") return areaBytes.cc;
    if (offset >= areaBytes) return Cc.ParameterOutOfRange;
    const data = fru.read(fruId, offset, count);
    return { count: data.length, data };
  },
});

/** @see IPMI 2.0 §34.3 */
export const writeFruData = command<Needs>()({
  layout: wire.writeFruData,
  handle: ({ fru }, { fruId, offset, data }) => {
    const areaBytes = present(fru, fruId);
    if (typeof areaBytes === "object") return areaBytes.cc;
    if (fru.writeProtected) return SpecificCc.FruWriteProtected;
    if (offset + data.length > areaBytes) return Cc.ParameterOutOfRange;
    fru.write(fruId, offset, data);
    return { count: data.length };
  },
});

/** Bytes of the device, or why there is none. */
function present(fru: FruInventory, id: number): number | { readonly cc: number } {
  if (id === wire.FRU_ID_RESERVED) return { cc: Cc.InvalidField };
  return fru.sizeOf(id) ?? { cc: Cc.NotPresent };
}
