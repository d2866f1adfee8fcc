import { exchange, look, looks, recv, send } from "../opal-script.ts";
import { bmc } from "../script.ts";
import type { Case, RuleCases } from "./case.ts";

const ASKED = "18 04";
const ANSWERED = "1c 04 00 55 00";
const RIGHT = exchange(ASKED, ANSWERED);
/** 252 bytes of data are not too many, 253 are. */
const written = (bytes: number) => [ASKED, ...Array.from({ length: bytes }, () => "aa")].join(" ");
const refusals = (count: number, code: "busy" | "hardware") =>
  Array.from({ length: count }, () => ["+200ms", send(ASKED, { code })]).flat();

type Told = Omit<Case, "interface">;

/** With a right match among the silent ones. */
function cases(fires: readonly Told[], silent: readonly Told[] = []) {
  const onOpal = (each: Told): Case => ({ ...each, interface: "opal" });
  const right: Told = { name: "right", script: [...RIGHT, ...RIGHT] };
  return { fires: fires.map(onOpal), silent: [right, ...silent].map(onOpal) };
}

export const opalCases: RuleCases = {
  "OPAL-01": cases([
    {
      name: "a message",
      script: [send(ASKED, { code: "unsupported", message: Uint8Array.of(2, 0x18, 4) })],
    },
    { name: "a buffer", script: [send(ASKED), look("unsupported", { version: 0 })] },
  ]),
  "OPAL-02": cases(
    [
      {
        name: "no command",
        script: [send(ASKED, { code: "parameter", message: Uint8Array.of(1, 0x18) })],
      },
      { name: "too long", script: [send(written(253), { code: "parameter" })] },
    ],
    [{ name: "as long as may be", script: [send(written(252))] }],
  ),
  "OPAL-03": cases(
    [{ name: "no room", script: [send(ASKED), look("resource", { room: 5 })] }],
    [
      { name: "just enough", script: [send(ASKED), recv(ANSWERED, { room: 6 })] },
      { name: "all the room there may be", script: [send(ASKED), look("resource")] },
    ],
  ),
  "OPAL-20": cases(
    [
      { name: "nothing asked", script: [recv(ANSWERED)] },
      { name: "twice", script: [...RIGHT, recv(ANSWERED)] },
      { name: "refused", script: [send(ASKED, { code: "busy" }), recv(ANSWERED)] },
    ],
    [{ name: "nothing there", script: [look("empty"), ...RIGHT, look("empty")] }],
  ),
  "OPAL-21": cases(
    [
      { name: "another command", script: [send(ASKED), recv("1c 01 00 55 00")] },
      { name: "another NetFn", script: [send(ASKED), recv("18 04 00 55 00")] },
      { name: "another LUN", script: [send(ASKED), recv("1d 04 00 55 00")] },
    ],
    [
      { name: "a refusal", script: exchange(ASKED, "1c 04 c1") },
      { name: "another LUN asked", script: exchange("1a 04", "1e 04 00 55 00") },
    ],
  ),
  "OPAL-22": cases(
    [
      { name: "no completion code", script: [send(ASKED), recv("1c 04")] },
      { name: "longer than it is", script: [send(ASKED), recv(ANSWERED, { length: 7 })] },
      { name: "longer than the room", script: [send(ASKED), recv(ANSWERED, { room: 5 })] },
    ],
    [
      { name: "as short as may be", script: exchange(ASKED, "1c 04 c1") },
      { name: "none", script: [send(ASKED), look("hardware")] },
    ],
  ),
  "OPAL-23": cases(
    [
      {
        name: "another",
        script: [send(ASKED), recv(ANSWERED, { message: Uint8Array.of(2, 0x1c, 4, 0, 0x55, 0) })],
      },
    ],
    [{ name: "refused for it", script: [send(ASKED), look("unsupported", { version: 2 })] }],
  ),
  "OPAL-24": cases(
    [{ name: "nothing for 5 s", script: [send(ASKED), ...looks(50), send(ASKED)] }],
    [
      { name: "late", script: [send(ASKED), ...looks(48), recv(ANSWERED)] },
      { name: "not looked for", script: [send(ASKED), "+6s", send(ASKED)] },
      { name: "a reset", script: [send(ASKED), ...looks(20), bmc("reset"), ...looks(40)] },
    ],
  ),
  "OPAL-25": cases(
    [
      { name: "busy for 5 s", script: refusals(26, "busy") },
      { name: "no hardware for 5 s", script: refusals(26, "hardware") },
    ],
    [
      {
        name: "left alone between",
        script: [send(ASKED, { code: "busy" }), "+6s", send(ASKED, { code: "busy" })],
      },
      { name: "busy once", script: [send(ASKED, { code: "busy" }), ...RIGHT] },
      {
        name: "now and then",
        script: [...refusals(20, "busy"), ...RIGHT, ...refusals(20, "busy")],
      },
    ],
  ),
  "OPAL-26": cases(
    [
      { name: "a request", script: [send(ASKED, { code: "parameter" })] },
      { name: "its version", script: [send(ASKED, { code: "unsupported" })] },
      { name: "a buffer", script: [send(ASKED), look("resource")] },
    ],
    [
      { name: "too long", script: [send(written(253), { code: "parameter" })] },
      { name: "no room for messages", script: [send(ASKED, { code: "resource" }), ...RIGHT] },
      { name: "little room", script: [send(ASKED), look("resource", { room: 5 })] },
    ],
  ),
};
