import type { Body } from "../../src/trace/events.ts";
import type { Script } from "./script.ts";

const REGISTERS = { c: "control", d: "data", f: "flags" } as const;

/**
 * Register traffic of SMIC, in words:
 *
 *     wc=41 wd=18 wf=01   the host writes control, data, flags
 *     rc=c1 rd=00 rf=40   the host reads status code, data, flags
 *     tc=41 td=18         the BMC takes the control code, the data
 *     c=c1 g=00 s=40      the BMC writes the status code, the data, and leaves these flags
 *     i=1 +5s             the interrupt line, time
 */
export function smic(words: string): Script {
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
  if (what === "c") return { e: "bmc.code", value };
  if (register !== "c" && register !== "d" && register !== "f") return undefined;
  const reg = REGISTERS[register];
  if (verb === "w") return { e: "host.write", reg, value, tag: 0 };
  if (verb === "r") return { e: "host.read", reg, value };
  return verb === "t" ? { e: "bmc.read", value, command: register === "c" } : undefined;
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}

/**
 * One handshake, both faces: what the host hands over (`41.18`, or `46` without data), what the BMC
 * answers (`c1`, or `c3.00` with data), and the flags that it leaves.
 */
export function hand(asked: string, answered: string, flags: string): string {
  const [control, byte] = asked.split(".");
  const [status, out] = answered.split(".");
  const host = [`wc=${control}`, ...(byte === undefined ? [] : [`wd=${byte}`]), "wf=01"];
  const taken = [`tc=${control}`, ...(byte === undefined ? [] : [`td=${byte}`])];
  const left = Number.parseInt(flags, 16);
  const given = [`s=${hex(left | 1)}`, `c=${status}`, ...(out === undefined ? [] : [`g=${out}`])];
  const seen = [`rf=${flags}`, `rc=${status}`, ...(out === undefined ? [] : [`rd=${out}`])];
  return [...host, ...taken, ...given, `s=${flags}`, ...seen].join(" ");
}

/**
 * A right transaction, both faces: request and response as hex text. `attention`: SMS_ATN stands at
 * 1 throughout.
 */
export function exchange(request: string, response: string, attention = false): string {
  const up = (flags: number) => hex(flags | (attention ? 0x04 : 0));
  const bytes = request.split(" ");
  const asked = bytes.map((byte, at) => {
    if (at === 0) return hand(`41.${byte}`, "c1", up(0x40));
    if (at < bytes.length - 1) return hand(`42.${byte}`, "c2", up(0x40));
    return hand(`43.${byte}`, "c3.00", up(0x00));
  });
  const given = response.split(" ");
  const answered = given.map((byte, at) => {
    if (at === given.length - 1) return hand("45", `c6.${byte}`, up(0x80));
    return at === 0 ? hand("44", `c4.${byte}`, up(0x80)) : hand("45", `c5.${byte}`, up(0x80));
  });
  const ready = `s=${up(0x80)} rf=${up(0x80)}`;
  const end = hand("46", "c0.00", up(0x80)).replace(/ rd=00$/, "");
  return [`rf=${up(0x80)}`, ...asked, ready, ...answered, end].join(" ");
}

/** A short transaction, where only the protocol matters. */
export const short = exchange("18 04", "1c 04 00 55 00");
