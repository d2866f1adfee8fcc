import { answer, request, type Script, send } from "../script.ts";
import { bus, filled, read, transaction, write } from "../ssif-script.ts";
import type { Case } from "./case.ts";

export const GET_DEVICE_ID = [0x18, 0x01];
export const RESPONSE = [0x1c, 0x01, 0x00];
export const RIGHT = transaction("18 01", "1c 01 00");
export const BUSY = bus("S20 w03- P");
export const WRITTEN = bus(write(0x02, GET_DEVICE_ID));
export const READ = bus(`+5ms ${read(0x03, RESPONSE)}`);

/** What the BMC tells of itself: 88h all parts and codes, 80h no codes, 40h a start and an end. */
export function told(flags: string, bytes = "ff"): Script {
  return transaction("18 57 00", `1c 57 00 00 ${flags} ${bytes} ff`);
}

export const TOLD = told("88");
export const LONG = filled(70, "18 02");
const PARTS = [
  bus(write(0x06, LONG.slice(0, 32))),
  bus(write(0x07, LONG.slice(32, 64))),
  bus(write(0x08, LONG.slice(64))),
] as const;
const LONG_RESPONSE = filled(92, "1c 01 00");
const BLOCKS = [
  bus(read(0x03, [0, 1, ...LONG_RESPONSE.slice(0, 30)])),
  bus(read(0x09, [0, ...LONG_RESPONSE.slice(30, 61)])),
  bus(read(0x09, [0xff, ...LONG_RESPONSE.slice(61)])),
] as const;
export const [START, MIDDLE, END] = PARTS;
export const [FIRST, SECOND, LAST] = BLOCKS;

const WRITE_OEM = bus(write(0x02, [0xe8, 0xf0, 0x03]));
/** Sent twice, and given up with its answer. */
export const OEM_TWICE: Script = [
  request(1, "e8 f0 03"),
  send(1, "e8 f0 03"),
  ...WRITE_OEM,
  "+5s",
  ...WRITE_OEM,
  answer(1, "c3"),
];

type Named = readonly [name: string, script: Script, more?: Partial<Case>];

export function cases(each: {
  readonly fires: readonly Named[];
  readonly silent: readonly Named[];
}) {
  const full = ([name, script, more]: Named): Case => ({
    interface: "ssif",
    name,
    script,
    ...more,
  });
  return { fires: each.fires.map(full), silent: each.silent.map(full) };
}
