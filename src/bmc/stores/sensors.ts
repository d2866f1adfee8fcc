/** The watchdog's own sensor. @see IPMI 2.0 §42.2, sensor type 23h */
export const WATCHDOG_SENSOR = { number: 0x23, type: 0x23 } as const;
