import { record, uint, type ValueOf } from "../../record.ts";

/** How the SEL or the SDR repository hands out its space. @see IPMI 2.0 §31.3, §33.10 */
export const allocationInfo = record({
  /** 0: unspecified. */
  units: uint(16),
  unitBytes: uint(16),
  freeUnits: uint(16),
  largestFreeUnits: uint(16),
  recordUnitsMax: uint(8),
});
/** How much room there is, in units. @see IPMI 2.0 §31.3, §33.10 */
export type AllocationInfo = ValueOf<typeof allocationInfo>;

/** `CLR`, without which nothing is cleared. @see IPMI 2.0 §31.9, §33.16 */
export const CLEAR_SIGNATURE = 0x524c43;

/** @see IPMI 2.0 §31.9, §33.16 */
export const ClearOperation = { Status: 0x00, Initiate: 0xaa } as const;

/** @see IPMI 2.0 §31.9, §33.16 */
export const ErasureProgress = { InProgress: 0, Completed: 1 } as const;

/** Record IDs of the first and the last record in a request. @see IPMI 2.0 §31.5, §33.12 */
export const RecordId = { First: 0x0000, Last: 0xffff } as const;

/** The count that asks for the whole record. @see IPMI 2.0 §31.5, §33.12 */
export const WHOLE_RECORD = 0xff;
