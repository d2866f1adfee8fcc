import { ask, bt, capabilities, deviceId, exchange, fetch, give, take } from "../bt-script.ts";
import { answer, bmc, fault, type Script, swap } from "../script.ts";
import type { Case } from "./case.ts";

export const SELF_TEST = "18 04";
export const RESULT = "1c 04 00 55 00";
export const LOST = answer(1, "82", { maker: "host-interface" });
export const ASKED = `${ask(SELF_TEST)} ${take(SELF_TEST)}`;
/** Get Message Flags with SMS_ATN at 1 throughout. */
export const ATTENTIVE = swap(
  swap(exchange("18 31", "1c 31 00 00"), "rc=00", "rc=10"),
  "rc=08",
  "rc=18",
);

export function on(name: string, ...script: Script): Case {
  return { name, script: script.flatMap(read), interface: "bt" };
}

function read(item: Script[number]): Script {
  return typeof item === "string" ? bt(item) : [item];
}

export function seenByHost(each: Case): Case {
  return { ...each, faces: "host" };
}

/** The host's writes are for this request. */
export function of(tag: number, words: string): Script {
  return bt(words).map((each) => {
    return typeof each !== "string" && each.e === "host.write" ? { ...each, tag } : each;
  });
}

export function noted(each: Case): Case {
  return { ...each, note: true };
}

/** The flags that the BMC's own model has. */
export function flags(bits: number): Script[number] {
  return bmc("flags", bits);
}

/** A transaction, and while a wire fault acts the host takes the response. */
export const HIDDEN: Script = [
  `${ASKED} ${give(RESULT)}`,
  fault("wire"),
  fetch(RESULT),
  fault("wire", "ends"),
];

export const right = on("a right match", bmc("power-on"), "s=80 s=00", capabilities, deviceId);
export const rightSeen = seenByHost({ ...right, name: "a right match, seen by the host" });
