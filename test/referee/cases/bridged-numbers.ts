import { answer, host, request, type Script, send } from "../script.ts";
import type { RuleCases } from "./case.ts";

const start = host("start");
const FIRST = "18 34 00 52 18 96 20 02 01 dd";
const NEXT = "18 34 00 52 18 96 20 06 01 d9";
const BROADCAST = "18 34 00 00 52 18 96 20 02 01 dd";

function asks(id: number, message: string): Script {
  return [request(id, "18 01"), send(id, message), answer(id, "00", { maker: "remote" })];
}

/** Users ask the BMC itself. */
function others(from: number, count: number): Script {
  return Array.from({ length: count }, (_, at) => request(from + at, "18 37"));
}

export const bridgedNumberCases: RuleCases = {
  "STACK-39": {
    fires: [
      { name: "the same at once", script: [start, ...asks(1, FIRST), ...asks(2, FIRST)] },
      {
        name: "the same behind another",
        script: [start, ...asks(1, FIRST), ...asks(2, NEXT), ...asks(3, FIRST)],
      },
      { name: "a broadcast's", script: [start, ...asks(1, BROADCAST), ...asks(2, FIRST)] },
    ],
    silent: [
      { name: "the next", script: [start, ...asks(1, FIRST), ...asks(2, NEXT)] },
      {
        name: "another try",
        script: [start, request(1, "18 01"), send(1, FIRST), "+2s", send(1, FIRST)],
      },
      {
        name: "far apart",
        script: [start, ...asks(1, FIRST), ...others(2, 20), ...asks(40, FIRST)],
      },
      {
        name: "many are open",
        script: [start, ...others(100, 40), ...asks(1, FIRST), ...asks(2, FIRST)],
      },
      {
        name: "another driver",
        script: [start, ...asks(1, FIRST), start, ...asks(2, FIRST)],
      },
      {
        name: "a user sends the message himself",
        script: [start, ...asks(1, FIRST), request(2, FIRST), send(2, FIRST)],
      },
    ],
  },
};
