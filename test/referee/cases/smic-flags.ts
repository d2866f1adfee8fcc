import type { Body } from "../../../src/trace/events.ts";
import { answer, bmc, fault, type Script, upTo } from "../script.ts";
import { exchange, hand, short, smic } from "../smic-script.ts";
import type { RuleCases } from "./case.ts";
import { cases, LAST, READING, SENT, STARTED } from "./smic.ts";

const asked: Body = { e: "bmc.request", tag: 1, message: Uint8Array.of(0x18, 4) };
const handedIn = (...message: number[]): Body => {
  return { e: "bmc.response", tag: 1, message: Uint8Array.from(message) };
};
/** WR_START was taken, and TX_DATA_RDY is not there. */
const NOT_READY = "rf=80 wc=41 wd=18 wf=01 tc=41 td=18 s=01 c=c1 s=00 rf=00 rc=c1";
/** A request that carries its number, up to WR_END. */
const NUMBERED: Script = smic(upTo(short, "rc=c3 rd=00")).map((each): string | Body => {
  return typeof each !== "string" && each.e === "host.write" ? { ...each, tag: 1 } : each;
});
/** The same, with an error code. */
const NOT_TAKEN: Script = NUMBERED.map((each, at): string | Body => {
  const last = at === NUMBERED.length - 1;
  return last ? { e: "host.read", reg: "data", value: 3 } : each;
});
const RAISED = "s=80 rf=80";
/** RD_NEXT was taken, and RX_DATA_RDY is not there any more. */
const FALLEN = hand("45", "c5.04", "00");

export const smicFlagCases: RuleCases = {
  "SMIC-10": cases(
    [
      { name: "no look", script: [upTo(short, "rc=c3"), RAISED, "wc=44 wf=01"] },
      { name: "waits for a response", script: [...NOT_TAKEN, "+5s", answer(1, "82")] },
    ],
    [
      { name: "over again", script: [upTo(short, "rc=c3"), short] },
      { name: "over again after a while", script: [...NOT_TAKEN, "+200ms", answer(1, "82")] },
      { name: "waits, and was told nothing", script: [...NUMBERED, "+5s", answer(1, "82")] },
      { name: "another's answer", script: [...NOT_TAKEN, "+5s", answer(2, "82")] },
    ],
  ),
  "SMIC-30": cases(
    [
      { name: "for ever", script: [NOT_READY, "+5s rf=00"] },
      { name: "seen", script: [NOT_READY, "+5s rf=00"], faces: "host" },
    ],
    [
      { name: "late", script: [NOT_READY, "+4s rf=00 s=40 rf=40"] },
      { name: "by the wire", script: [NOT_READY, fault("wire"), "+5s rf=00"] },
      { name: "there, and not seen", script: [NOT_READY, "s=40 +5s rf=00"] },
      { name: "in a reset", script: [NOT_READY, bmc("reset"), "+5s rf=00"] },
      { name: "after the last byte", script: [SENT, "+6s rf=00"] },
    ],
  ),
  "SMIC-34": cases(
    [
      { name: "for ever", script: [READING, FALLEN, "+5s rf=00"] },
      { name: "seen", script: [READING, FALLEN, "+5s rf=00"], faces: "host" },
    ],
    [
      { name: "late", script: [READING, FALLEN, "+4s rf=00 s=80 rf=80"] },
      { name: "by the wire", script: [READING, FALLEN, fault("wire"), "+5s rf=00"] },
      { name: "there, and not seen", script: [READING, FALLEN, "s=80 +5s rf=00"] },
      { name: "in a reset", script: [READING, FALLEN, bmc("reset"), "+5s rf=00"] },
      { name: "after the last byte", script: [LAST, "+6s rf=00"] },
    ],
  ),
  "SMIC-31": cases(
    [
      { name: "with the request", script: [STARTED, hand("43.04", "c3.00", "80")] },
      { name: "over nothing", script: [SENT, asked, RAISED, hand("44", "c0.02", "80")] },
      { name: "over nothing, given", script: [SENT, asked, RAISED, hand("44", "c4.00", "80")] },
    ],
    [
      {
        name: "over a response",
        script: [SENT, asked, RAISED, handedIn(0x1c, 4, 0), hand("44", "c4.1c", "80")],
      },
      { name: "no response, 03h", script: [SENT, asked, RAISED, hand("44", "c0.03", "80")] },
      {
        name: "nobody there any more",
        script: [SENT, asked, bmc("daemon-closed"), RAISED, hand("44", "c0.01", "80")],
      },
      { name: "not up", script: [SENT, asked, hand("44", "c0.02", "80")] },
    ],
  ),
  "SMIC-32": cases(
    [
      {
        name: "too early",
        script: [SENT, asked, RAISED, handedIn(0x1c, 4, 0, 0x55, 0, 1), LAST.slice(SENT.length)],
      },
      {
        name: "too late",
        script: [SENT, asked, RAISED, handedIn(0x1c), READING.slice(SENT.length)],
      },
    ],
    [
      {
        name: "with the last byte",
        script: [SENT, asked, handedIn(0x1c, 4, 0, 0x55, 0), LAST.slice(SENT.length)],
      },
      {
        name: "another request's response",
        script: [
          SENT,
          asked,
          { e: "bmc.response", tag: 2, message: Uint8Array.of(1) },
          LAST.slice(SENT.length),
        ],
      },
      { name: "the next one", script: [short, asked, handedIn(0x1c, 4, 0, 0x55, 0, 1), short] },
    ],
  ),
  "SMIC-33": cases(
    [
      { name: "no such error", script: [STARTED, hand("43.04", "c3.06", "00")] },
      { name: "in its place, 02h", script: [STARTED, hand("43.04", "c3.02", "00")] },
      { name: "seen", script: [STARTED, hand("43.04", "c3.18", "00")], faces: "host" },
    ],
    [
      { name: "nobody to answer", script: [STARTED, hand("43.04", "c3.03", "00")] },
      { name: "out of place", script: [short, hand("43.04", "c3.02", "00")] },
      { name: "not looked at", script: [upTo(short, "rc=c3"), exchange("18 04", "1c 04 00")] },
    ],
  ),
};
