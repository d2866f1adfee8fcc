import { exchange, request, said } from "../script.ts";
import type { RuleCases } from "./case.ts";

const sends = (message: string, head = "00") => exchange(`18 34 ${head} ${message}`, "1c 34 00");
/** Get Device ID to 52h, sequence number 5; its response, and that of number 6. */
const ASKED = "52 18 96 20 16 01 c9";
const ANSWERED = "1e c2 52 14 01 00 99";
const OTHER = "1e c2 52 18 01 00 95";
const asksBmc = said(`18 34 00 ${ASKED}`, "1c 34 00");
const gets = (message: string, channel = "00") => said("18 33", `1c 33 00 ${channel} ${message}`);

export const bridgingCases: RuleCases = {
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
      { name: "its own", script: [...asksBmc, ...gets(ANSWERED)] },
      { name: "nobody asked", script: gets(OTHER) },
      { name: "another controller's request", script: [...asksBmc, ...gets("1a c6 54 14 01 97")] },
    ],
  },
};
