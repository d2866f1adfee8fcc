import { bt, exchange as btExchange } from "../bt-script.ts";
import { answer, events, exchange, host, repeat, type Script, send, upTo } from "../script.ts";
import { smic, short as smicShort } from "../smic-script.ts";
import { on } from "./bt-words.ts";
import type { RuleCases } from "./case.ts";

const SELF_TEST = "18 04";
const PASSED = "1c 04 00 55 00";
const sends = send(7, SELF_TEST);
const told = host("recovery");
const whole: Script = tagged([exchange(SELF_TEST, PASSED)], 7);
/** WRITE_START was taken, and that was all. */
const begun: Script = tagged([upTo(exchange(SELF_TEST, PASSED), "r1=89 r0=00")], 7);
const begunOnSmic: Script = smicTagged(upTo(smicShort, "rc=c1"));
const spurned = begun.flatMap((each) => ["+10ms", each]);
const ON = bt("wm=03");

/** The same traffic, for the request of that number. */
function tagged(script: Script, tag: number): Script {
  return events(script, "both", tag).map(({ n, t, ...body }) => body);
}

function smicTagged(words: string): Script {
  return smic(words).map((each) => {
    return typeof each !== "string" && each.e === "host.write" ? { ...each, tag: 7 } : each;
  });
}

export const beginsAgainCases: RuleCases = {
  "STACK-41": {
    fires: [
      { name: "nothing said", script: [sends, ...begun, ...whole] },
      { name: "said before both", script: [sends, told, "+1ms", ...begun, ...whole] },
      {
        name: "on SMIC",
        interface: "smic",
        script: [sends, ...repeat(3, begunOnSmic)],
      },
    ],
    silent: [
      { name: "said", script: [sends, ...begun, told, ...whole] },
      { name: "once", script: [sends, ...whole] },
      { name: "sent again from above", script: [sends, ...whole, sends, ...whole] },
      { name: "answered, and sent once more", script: [sends, ...begun, sends, ...whole] },
      { name: "a panic", script: [sends, ...begun, host("panic"), ...whole, ...whole] },
      { name: "a new driver", script: [sends, ...begun, host("inserted"), ...whole] },
      { name: "nobody's", script: repeat(3, [exchange(SELF_TEST, PASSED)]) },
    ],
  },
  "STACK-42": {
    fires: [
      { name: "without a pause", script: [sends, ...repeat(20, [...begun, told])] },
      {
        name: "on SMIC",
        interface: "smic",
        script: [sends, ...repeat(20, [...begunOnSmic, told])],
      },
    ],
    silent: [
      { name: "with pauses", script: [sends, ...repeat(20, [...begun, told, "+70ms"])] },
      { name: "at once, a few times", script: [sends, ...repeat(15, [...begun, told])] },
      { name: "each sent from above", script: repeat(20, [sends, ...begun, told]) },
      { name: "each takes its time", script: [sends, ...repeat(20, [...spurned, told])] },
    ],
  },
  "STACK-48": {
    fires: [
      { name: "nothing is written", script: [sends, told, "r1=c0", told] },
      { name: "by the second", script: [sends, told, "r1=c0 w1=60", told, "r1=c0", told] },
      { name: "on SMIC", interface: "smic", script: [sends, told, ...smic("rf=40"), told] },
      {
        name: "a request fails",
        script: [sends, "r1=c0 r1=c0", answer(7, "82", { maker: "host-interface" })],
      },
    ],
    silent: [
      { name: "GET_STATUS/ABORT", script: [sends, told, "r1=c0 w1=60", told, "r1=c0 w1=60"] },
      { name: "the BMC can take nothing", script: [sends, told, "r1=c2 r1=c0", told] },
      { name: "nobody looked", script: [sends, told, told] },
      { name: "another's", script: [sends, told, "r1=c0", sends, "r1=c0", told] },
      { name: "it ended", script: [sends, told, "r1=c0", answer(7, "82"), told] },
      { name: "a panic", script: [sends, told, "r1=c0", host("panic"), told] },
      {
        name: "a request fails, and the BMC could take nothing once",
        script: [sends, "r1=c0 r1=c2", answer(7, "82", { maker: "host-interface" })],
      },
      {
        name: "a request fails that was tried",
        script: [sends, "r1=00 w1=61 r1=c0", answer(7, "82", { maker: "host-interface" })],
      },
      {
        name: "another request fails",
        script: [sends, "r1=c0", answer(8, "82", { maker: "host-interface" })],
      },
      {
        name: "nobody looked, and it failed",
        script: [sends, answer(7, "82", { maker: "host-interface" })],
      },
      { name: "the BMC itself says so", script: [sends, "r1=c0", answer(7, "82")] },
      {
        name: "busy, on SMIC",
        interface: "smic",
        script: [sends, told, ...smic("rf=41 rf=41"), told],
      },
    ],
  },
  "STACK-43": {
    fires: [on("left on", ...ON, ...bt(btExchange(SELF_TEST, PASSED)), host("down"))],
    silent: [
      on("taken back", ...ON, ...bt("wm=02"), host("down")),
      on("never given", ...bt(btExchange(SELF_TEST, PASSED)), host("down")),
      on("a panic", ...ON, host("panic"), host("panic-end")),
      on("down twice", ...ON, ...bt("wm=02"), host("down"), host("start"), host("down")),
    ],
  },
};
