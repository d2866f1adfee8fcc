import { asked, bmc, end, exchange, request, said } from "../script.ts";
import type { RuleCases } from "./case.ts";

const sends = (message: string, head = "00") => exchange(`18 34 ${head} ${message}`, "1c 34 00");
/** Get Device ID to 52h, sequence number 5; its response, and that of number 6. */
const ASKED = "52 18 96 20 16 01 c9";
const ANSWERED = "1e c2 52 14 01 00 99";
const OTHER = "1e c2 52 18 01 00 95";
const asksBmc = said(`18 34 00 ${ASKED}`, "1c 34 00");
const gets = (message: string, channel = "00") => said("18 33", `1c 33 00 ${channel} ${message}`);

const bus = (text: string) => bmc("ipmb", 0, text);
/** For LUN 00b. */
const OWN = "1c c4 52 14 01 00 99";
/** To the software's own address, not to the BMC. */
const ELSEWHERE = "1e 61 52 14 01 00 99";
/** Send Message, what it made of the bus, and its answer. */
const sending = (message: string, onBus: readonly string[], code = "00") => [
  bus("came: 00 1e c2 52 14 01 00 99"),
  asked(`18 34 00 ${message}`),
  ...onBus.map(bus),
  ...said(`18 34 00 ${message}`, `1c 34 ${code}`).slice(1),
];
/** A Send Message whose host asks for something else before it is answered. */
const givenUp = (message: string) => [asked(`18 34 00 ${message}`, 2)];
const fresh = bmc("power-on");
const comes = (message: string) => [fresh, "+1ms", bus(`came: 00 ${message}`)];
const queued = (message: string) => ["=", bmc("message", 0, `00 ${message}`)];

export const bridgingCases: RuleCases = {
  "SND-07": {
    fires: [
      { name: "not sent", script: sending(ASKED, []) },
      { name: "changed", script: sending(ASKED, ["taken: 52 18 96 20 16 04 c6"]) },
      { name: "twice", script: sending(ASKED, [`taken: ${ASKED}`, `taken: ${ASKED}`]) },
    ],
    silent: [
      { name: "as it was", script: sending(ASKED, [`taken: ${ASKED}`]) },
      { name: "refused", script: sending(ASKED, [], "cc") },
      { name: "nobody tells", script: asksBmc },
      {
        name: "what was given up is sent late",
        script: [...givenUp(OTHER), ...sending(ASKED, [`taken: ${OTHER}`], "cc")],
      },
      {
        name: "what was given up is asked again",
        script: [...givenUp(ASKED), ...sending(ASKED, [])],
      },
    ],
  },
  "SND-09": {
    fires: [
      { name: "nobody, and success", script: sending(ASKED, [`not taken: ${ASKED}`]) },
      { name: "nobody, and FFh", script: sending(ASKED, [`not taken: ${ASKED}`], "ff") },
      { name: "somebody, and 83h", script: sending(ASKED, [`taken: ${ASKED}`], "83") },
    ],
    silent: [
      { name: "somebody", script: sending(ASKED, [`taken: ${ASKED}`]) },
      { name: "nobody", script: sending(ASKED, [`not taken: ${ASKED}`], "83") },
      {
        name: "what was given up is sent late",
        script: [...givenUp(OTHER), ...sending(ASKED, [`not taken: ${OTHER}`])],
      },
      { name: "nobody, and busy", script: sending(ASKED, [`not taken: ${ASKED}`], "c0") },
    ],
  },
  "SND-10": {
    fires: [
      { name: "lost", script: [...comes(ANSWERED), "+1ms", end()] },
      { name: "changed", script: [...comes(ANSWERED), ...queued(OTHER)] },
      { name: "the BMC's own", script: [...comes(OWN), ...queued(OWN)] },
      { name: "twice", script: [...comes(ANSWERED), ...queued(ANSWERED), ...queued(ANSWERED)] },
      {
        name: "received again",
        script: [
          fresh,
          ...said("18 32 00 00", "1c 32 00 00 00"),
          ...said("18 32 00 01", "1c 32 00 00 01"),
          "+1ms",
          bus(`came: 00 ${ANSWERED}`),
          "+1ms",
          end(),
        ],
      },
    ],
    silent: [
      { name: "queued", script: [...comes(ANSWERED), ...queued(ANSWERED), "+1ms", end()] },
      {
        name: "not for the software",
        script: [...comes(OWN), "+1ms", end()],
      },
      { name: "for another address", script: [...comes(ELSEWHERE), "+1ms", end()] },
      { name: "broken", script: [...comes(`${ANSWERED.slice(0, -2)}00`), "+1ms", end()] },
      {
        name: "perhaps no room",
        script: [fresh, ...queued(OTHER), bus(`came: 00 ${ANSWERED}`), "+1ms", end()],
      },
      {
        name: "the channel does not receive",
        script: [
          fresh,
          ...said("18 32 00 00", "1c 32 00 00 00"),
          "+1ms",
          bus(`came: 00 ${ANSWERED}`),
          "+1ms",
          end(),
        ],
      },
    ],
  },
  "SND-01": {
    fires: [{ name: "data", script: said(`18 34 00 ${ASKED}`, `1c 34 00 ${ANSWERED}`) }],
    silent: [{ name: "none", script: asksBmc }],
  },
  "SND-02": {
    fires: [
      { name: "tracked", script: [sends(ASKED, "40")] },
      { name: "too short", script: [sends("52 18 96")] },
      { name: "the first checksum", script: [sends("52 18 97 20 16 01 c9")] },
      { name: "the second checksum", script: [sends("52 18 96 20 16 01 c8")] },
      { name: "LUN 0", script: [sends("52 18 96 20 14 01 cb")] },
      { name: "another address", script: [sends("52 18 96 22 16 01 c7")] },
      { name: "another's number", script: [sends(ASKED), sends("52 18 96 20 16 04 c6")] },
    ],
    silent: [
      { name: "as it is to be", script: [sends(ASKED)] },
      { name: "repeated", script: [sends(ASKED), sends(ASKED)] },
      {
        name: "answered before",
        script: [
          sends(ASKED),
          exchange("18 33", `1c 33 00 00 ${ANSWERED}`),
          sends("52 18 96 20 16 04 c6"),
        ],
      },
      { name: "later", script: [sends(ASKED), "+6s", sends("52 18 96 20 16 04 c6")] },
      { name: "a user's own", script: [request(7, "18 34 00 52 18 97"), sends("52 18 97")] },
      { name: "to another channel", script: [sends("00 81 20 59 20 00 01 df", "01")] },
    ],
  },
  "SND-05": {
    fires: [
      { name: "a checksum", script: [...asksBmc, ...gets("1e c2 52 14 01 00 98")] },
      { name: "another number", script: [...asksBmc, ...gets(OTHER)] },
      { name: "another channel", script: [...asksBmc, ...gets(ANSWERED, "01")] },
    ],
    silent: [
      {
        name: "of a request whose own answer was given up",
        script: [...asksBmc, ...givenUp("52 18 96 20 1a 01 c5"), ...gets(OTHER)],
      },
      { name: "its own", script: [...asksBmc, ...gets(ANSWERED)] },
      { name: "nobody asked", script: gets(OTHER) },
      { name: "another controller's request", script: [...asksBmc, ...gets("1a c6 54 14 01 97")] },
    ],
  },
};
