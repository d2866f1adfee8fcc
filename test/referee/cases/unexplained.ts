import type { Body } from "../../../src/trace/events.ts";
import { bt, deviceId as btDeviceId } from "../bt-script.ts";
import {
  answer,
  bmc,
  end,
  events,
  exchange,
  fault,
  host,
  repeat,
  request,
  type Script,
  send,
  short,
  swap,
  upTo,
} from "../script.ts";
import type { RuleCases } from "./case.ts";

const deviceIdRead = exchange("18 01", "1c 01 00 20 01 01 00 02 be 00 00 00 01 00");
const UP: Script = [bmc("up"), host("up")];
const ASKED: Script = [request(1, "18 04"), send(1, "18 04")];
const LONG = `28 12 00 00 00${" aa".repeat(30)}`;
const FAILED = answer(1, "82", { maker: "host-interface" });
/** WRITE_START was taken rightly, and it is the host's turn. */
const STARTED = upTo(short, "r1=89 r0=00");
/** The request is out, and the BMC is at it. */
const SENT = upTo(short, "r1=40");
const ENDLESS = exchange("18 04", `1c 04 00${" aa".repeat(270)}`).replace(/ w0=68 s=02.*$/, "");
/** WRITE_END was met with ERROR. */
const ERROR = `${upTo(short, "w1=62")} s=ca t1=62 g=00 r1=c9 r0=00`;
const AGAIN = "w1=60 s=8a t1=60 g=00 r1=89 r0=00";

/** The same traffic, of the first request. */
function own(words: string): Script {
  return events([words], "both", 1).map(({ n: _n, t: _t, ...body }): Body => body as Body);
}

export const unexplainedCases: RuleCases = {
  "STACK-16": {
    fires: [
      { name: "its response came", script: [...UP, ...ASKED, ...own(short), FAILED] },
      { name: "broken off", script: [...UP, ...ASKED, ...own(`${STARTED} ${AGAIN}`), FAILED] },
      {
        name: "broken off, by a timer",
        script: [
          ...UP,
          ...ASKED,
          ...own(`${STARTED} ${AGAIN}`),
          answer(1, "c3", { maker: "timer" }),
        ],
      },
      { name: "left where it was", script: [...UP, ...ASKED, ...own(STARTED), FAILED] },
      { name: "no patience", script: [...UP, ...ASKED, ...own(SENT), "+1s", FAILED] },
      {
        name: "too long, of no length",
        script: [...UP, ...ASKED, ...own(SENT), answer(1, "c8", { maker: "host-interface" })],
      },
      { name: "never sent", script: [...UP, deviceIdRead, request(1, "18 04"), FAILED] },
      {
        name: "broken off, of a guest",
        host: "linux",
        script: [...UP, request(1, "18 04"), short, FAILED],
      },
    ],
    silent: [
      { name: "the BMC's code", script: [...UP, ...ASKED, ...own(short), answer(1, "82")] },
      {
        name: "bridged, and the timer ran out",
        script: [...UP, ...ASKED, ...own(short), answer(1, "c3", { maker: "timer" })],
      },
      { name: "no answer for long", script: [...UP, ...ASKED, ...own(SENT), "+6s", FAILED] },
      { name: "the BMC's error", script: [...UP, ...ASKED, ...own(`${ERROR} ${AGAIN}`), FAILED] },
      {
        name: "a fault of the wire",
        script: [...UP, ...ASKED, fault("wire"), ...own(`${STARTED} ${AGAIN}`), FAILED],
      },
      {
        name: "a BMC on orders",
        script: [...UP, ...ASKED, fault("bmc"), ...own(`${STARTED} ${AGAIN}`), FAILED],
      },
      { name: "a reset", script: [...UP, ...ASKED, ...own(STARTED), bmc("reset"), FAILED] },
      {
        name: "never sent, as the BMC is busy",
        interface: "bt",
        script: [...UP, ...bt(`${btDeviceId} rc=80`), request(1, "18 04"), FAILED],
      },
      { name: "removed", script: [...UP, ...ASKED, ...own(STARTED), host("removed"), FAILED] },
      {
        name: "another response came",
        script: [...UP, ...ASKED, ...own(exchange("18 04", "1c 05 00 55 00")), FAILED],
      },
      {
        name: "never sent, after a failure",
        script: [...UP, deviceIdRead, `${ERROR} ${AGAIN}`, request(1, "18 04"), FAILED],
      },
      { name: "never sent, nobody there", script: [...UP, request(1, "18 04"), FAILED] },
      {
        name: "more than any response has",
        script: [...UP, ...ASKED, ...own(`${ENDLESS} ${AGAIN}`), FAILED],
      },
      {
        name: "too long",
        script: [...UP, request(1, LONG), answer(1, "c8", { maker: "host-interface" })],
      },
      {
        name: "the BMC broke a rule",
        script: [...UP, ...ASKED, ...own(swap(short, "s=8a", "s=0a")), FAILED],
      },
      { name: "not up", script: [...ASKED, ...own(STARTED), FAILED] },
      {
        name: "right, on BT",
        interface: "bt",
        script: [
          ...UP,
          ...ASKED,
          ...bt("rc=00 wc=01 wd=03 wd=18 wd=07 wd=04 wc=04 rc=00"),
          "+6s",
          FAILED,
        ],
      },
    ],
  },
  "GEN-16": {
    fires: [
      {
        name: "each time",
        script: [
          ...[...UP, ...ASKED, ...own(`${ERROR} ${AGAIN}`), host("recovery")],
          ...[...own(`${ERROR} ${AGAIN}`), FAILED],
        ],
      },
    ],
    silent: [
      {
        name: "carried out then",
        script: [...UP, ...ASKED, ...own(`${ERROR} ${AGAIN} ${short}`), answer(1, "00 55 00")],
      },
      {
        name: "the host broke a rule",
        script: [...UP, ...ASKED, ...own(`${ERROR} w0=18`), FAILED],
      },
      {
        name: "the daemon died",
        script: [...UP, ...ASKED, bmc("daemon-closed"), ...own(`${ERROR} ${AGAIN}`), FAILED],
      },
      {
        name: "a fault of the wire",
        script: [...UP, fault("wire"), ...ASKED, ...own(`${ERROR} ${AGAIN}`), FAILED],
      },
    ],
  },
  "STACK-19": {
    fires: [
      { name: "never again", script: [...UP, exchange("18 01", "1c 01 ff"), "+61s", end()] },
      {
        name: "looked for without a pause",
        script: [
          ...[...UP, deviceIdRead, host("failed")],
          ...repeat(6, [request(2, "18 01", "identity"), "+10ms"]),
        ],
      },
      {
        name: "failed without a word",
        script: [...UP, deviceIdRead, ...ASKED, FAILED, "+1s", end()],
      },
      {
        name: "given up for good",
        script: [...UP, deviceIdRead, host("failed"), "+16s", end()],
      },
    ],
    silent: [
      {
        name: "given up, and found again",
        script: [...UP, deviceIdRead, host("failed"), "+9s", host("found"), "+20s", end()],
      },
      {
        name: "looked for each second",
        script: [
          ...[...UP, deviceIdRead, host("failed")],
          ...repeat(6, [request(2, "18 01", "identity"), "+1s"]),
        ],
      },
      {
        name: "failed, and said so",
        script: [...UP, deviceIdRead, ...ASKED, FAILED, host("failed"), "+1s", end()],
      },
      {
        name: "given up, and looked for",
        script: [...UP, deviceIdRead, host("failed"), ...repeat(3, ["+9s", "r1=ff"]), end()],
      },
      {
        name: "given up by another host",
        host: "linux:7.2",
        script: [...UP, deviceIdRead, host("failed"), "+16s", end()],
      },
      {
        name: "given up, and down",
        script: [...UP, deviceIdRead, host("failed"), host("shutdown"), "+16s", end()],
      },
      { name: "again", script: [...repeat(4, [exchange("18 01", "1c 01 ff"), "+20s"]), end()] },
      { name: "known", script: [...UP, deviceIdRead, "+61s", end()] },
      { name: "nobody there", script: ["r1=ff", "+61s", end()] },
      { name: "removed", script: [exchange("18 01", "1c 01 ff"), host("removed"), "+61s", end()] },
      { name: "away", script: [exchange("18 01", "1c 01 ff"), bmc("away"), "+61s", end()] },
      {
        name: "broken off by hand",
        script: [exchange("18 01", "1c 01 ff"), "+61s", end("interrupted")],
      },
    ],
  },
};
