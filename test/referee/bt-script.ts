import type { Body } from "../../src/trace/events.ts";
import type { Script } from "./script.ts";

const REGISTERS = { c: "control", d: "data", m: "intmask" } as const;

/**
 * Register traffic of BT, in words:
 *
 *     wc=01 wd=18 wm=01   the host writes BT_CTRL, the FIFO, INTMASK
 *     rc=08 rd=00 rm=01   the host reads BT_CTRL, the FIFO, INTMASK
 *     td=18 g=1c s=84     the BMC takes a byte, gives a byte, and leaves BT_CTRL so
 *     i=1 +5s             the interrupt line, time
 */
export function bt(words: string): Script {
  return words.split(/\s+/).flatMap((word): Script => {
    const body = bodyOf(word);
    if (body !== undefined) return [body];
    return word === "" ? [] : [word];
  });
}

function bodyOf(word: string): Body | undefined {
  const [what = "", text = ""] = word.split("=");
  const value = Number.parseInt(text, 16);
  const [verb, register] = what;
  if (what === "td") return { e: "bmc.read", value, command: false };
  if (register !== "c" && register !== "d" && register !== "m") return undefined;
  const reg = REGISTERS[register];
  if (verb === "w") return { e: "host.write", reg, value, tag: 0 };
  return verb === "r" ? { e: "host.read", reg, value } : undefined;
}

/** The bytes of a frame around a message, which begins with NetFn/LUN. */
function frame(message: string, seq: string): readonly string[] {
  const [netFnLun = "", ...rest] = message.split(" ");
  const length = (rest.length + 2).toString(16).padStart(2, "0");
  return [length, netFnLun, seq, ...rest];
}

function each(word: string, bytes: readonly string[]): string {
  return bytes.map((byte) => `${word}=${byte}`).join(" ");
}

/** The host asks: it looks, and writes a request. */
export function ask(message: string, seq = "07"): string {
  return `rc=00 wc=01 ${each("wd", frame(message, seq))} wc=04`;
}

/** The BMC takes a request. */
export function take(message: string, seq = "07"): string {
  return `s=84 s=80 ${each("td", frame(message, seq))} s=00`;
}

/** The BMC gives a response. */
export function give(message: string, seq = "07"): string {
  return `${each("g", frame(message, seq))} s=08`;
}

/** The host takes a response. */
export function fetch(message: string, seq = "07"): string {
  return `rc=08 wc=40 wc=08 wc=02 ${each("rd", frame(message, seq))} wc=40`;
}

/** A right transaction, both faces: request and response as hex text. */
export function exchange(request: string, response: string, seq = "07"): string {
  return [ask(request, seq), take(request, seq), give(response, seq), fetch(response, seq)].join(
    " ",
  );
}

/** Get Device ID, and a BMC's answer. */
export const deviceId = exchange("18 01", "1c 01 00 20 01 01 00 02 be 00 00 00 01 00");
/** The BMC says: two requests at a time, Length 63 in, 255 out, 5 s, one retry. */
export const capabilities = exchange("18 36", "1c 36 00 02 3f ff 05 01", "01");
