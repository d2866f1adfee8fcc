import {
  answer,
  delivered,
  end,
  fault,
  host,
  received,
  repeat,
  request,
  type Script,
  send,
  user,
} from "../script.ts";
import type { RuleCases } from "./case.ts";

const RECORD = "00 00 02 00 00 00 00 20 00 04 01 30 01 57 00 00";
const OTHER = "00 00 02 00 00 00 00 20 00 04 01 31 01 57 00 00";
const GUID = "18 37";

/** The system interface fetches something, and gets that. */
function fetched(message: string, response: string): Script {
  return [request(90, message, "system-interface"), send(90, message), answer(90, response)];
}

const event = fetched("18 35", `00 ${RECORD}`);
const other = fetched("18 35", `00 ${OTHER}`);
const pretimeout = fetched("18 31", "00 08");
const cleared = fetched("18 30 08", "00");
const start = host("start");
const listens = user("a", "listens");
const gone = user("a", "gone");

/** All channels are asked for: 0 is an IPMB. */
const CHANNELS: Script = [
  start,
  ...[request(91, "18 42 00", "channels"), answer(91, "00 00 01 01 00 00 00 00 00 00")],
  ...[request(91, "18 42 0f", "channels"), answer(91, "00 0f 0c 05 00 00 00 00 00 00")],
];
/** Get Device ID to 52h with sequence number 0, and its response out of the queue. */
const BRIDGED = "18 34 00 52 18 96 20 02 01 dd";
const BROUGHT = fetched("18 33", "00 00 1e c2 52 00 01 00 ad");
const ALL = "18 34 00 00 52 18 96 20 02 01 dd";
const REMOTE = { maker: "remote" } as const;
const TIMER = { maker: "timer" } as const;
/** A command of 52h's for nobody, and what it is refused with. */
const COMMAND = fetched("18 33", "00 00 18 c8 52 04 01 a9");
const REFUSES = request(92, "18 34 00 52 1c 92 20 04 01 c1 1a", "message-handler");

/** Its tries so far: each is taken, and has its two seconds. */
function tries(count: number): Script {
  return repeat(count, [send(1, BRIDGED), received(1, 1, "1c 34 00"), "+2s"]);
}

export const userCases: RuleCases = {
  "STACK-23": {
    fires: [
      { name: "dropped", script: [start, listens, ...event, "+1s", end()] },
      {
        name: "twice",
        script: [start, listens, ...event, ...repeat(2, [delivered("a", "event", RECORD)])],
      },
      { name: "another", script: [start, listens, ...event, delivered("a", "event", OTHER)] },
      {
        name: "to somebody else",
        script: [start, listens, ...event, delivered("b", "event", RECORD)],
      },
      {
        name: "out of turn",
        script: [start, ...event, ...other, listens, delivered("a", "event", OTHER)],
      },
      { name: "not kept", script: [start, ...event, "+1s", listens, "+1s", end()] },
      {
        name: "a pre-timeout that nobody hears of",
        script: [start, listens, ...pretimeout, "+1s", end()],
      },
      {
        name: "a second pre-timeout that nobody hears of",
        script: [
          ...[start, listens, ...pretimeout, delivered("a", "pretimeout"), ...cleared],
          ...["+5s", ...pretimeout, "+1s", end()],
        ],
      },
      {
        name: "a second one, behind a wire that was mended before the clear",
        script: [
          ...[start, listens, ...pretimeout, delivered("a", "pretimeout")],
          ...[fault("wire"), fault("wire", "ends"), "+1s", ...cleared],
          ...["+5s", ...pretimeout, "+1s", end()],
        ],
      },
      {
        name: "a pre-timeout out of the air",
        script: [start, listens, delivered("a", "pretimeout")],
      },
    ],
    silent: [
      { name: "given", script: [start, listens, ...event, delivered("a", "event", RECORD), end()] },
      {
        name: "kept",
        script: [start, ...event, "+1s", listens, delivered("a", "event", RECORD), "+1s", end()],
      },
      {
        name: "two that were kept, in turn",
        script: [
          ...[start, ...event, ...other, listens],
          ...[delivered("a", "event", RECORD), delivered("a", "event", OTHER)],
        ],
      },
      {
        name: "nobody listens any longer",
        script: [start, listens, user("a", "listens-no-more"), ...event, "+1s", end()],
      },
      { name: "gone before", script: [start, listens, ...event, gone, "+1s", end()] },
      {
        name: "of the pre-timeout",
        script: [start, listens, ...pretimeout, delivered("a", "pretimeout"), "+1s", end()],
      },
      {
        name: "said once more",
        script: [
          ...[start, listens, ...pretimeout, delivered("a", "pretimeout")],
          ...[...pretimeout, "+1s", end()],
        ],
      },
      {
        name: "said once more, behind a clear that the wire may have spoiled",
        script: [
          ...[start, listens, ...pretimeout, delivered("a", "pretimeout")],
          ...[fault("wire"), ...cleared, fault("wire", "ends")],
          ...[...pretimeout, "+1s", end()],
        ],
      },
      {
        name: "before the seat told anything",
        script: [
          start,
          request(1, GUID),
          ...pretimeout,
          delivered("x", "pretimeout"),
          user("y", "gone"),
          "+1s",
          end(),
        ],
      },
      { name: "shut down", script: [start, listens, ...event, host("shutdown"), "+1s", end()] },
      { name: "a panic", script: [start, listens, ...event, host("panic"), "+1s", end()] },
      { name: "nobody tells who listens", script: [start, ...event, "+1s", end()] },
      {
        name: "another host's",
        host: "linux:7.2",
        script: [start, listens, ...event, "+1s", end()],
      },
    ],
  },
  "STACK-24": {
    fires: [
      {
        name: "dropped",
        script: [...CHANNELS, request(1, "18 01"), send(1, BRIDGED), ...BROUGHT, "+1s", end()],
      },
      {
        name: "with another code",
        script: [
          ...[...CHANNELS, request(1, "18 01"), send(1, BRIDGED), ...BROUGHT],
          answer(1, "ff", REMOTE),
        ],
      },
      {
        name: "to another request",
        script: [
          ...[...CHANNELS, request(1, "18 01"), send(1, BRIDGED), request(2, "18 01")],
          ...[...BROUGHT, answer(2, "00", REMOTE)],
        ],
      },
      { name: "a command left alone", script: [...CHANNELS, ...COMMAND, "+1s", end()] },
      { name: "a refusal of nothing", script: [...CHANNELS, REFUSES] },
    ],
    silent: [
      {
        name: "of a try that went out behind the answer",
        script: [
          ...[
            ...CHANNELS,
            request(1, "18 01"),
            send(1, BRIDGED),
            ...BROUGHT,
            answer(1, "00", REMOTE),
          ],
          ...[send(1, BRIDGED), ...BROUGHT, "+1s", end()],
        ],
      },
      {
        name: "answered",
        script: [
          ...[...CHANNELS, request(1, "18 01"), send(1, BRIDGED), ...BROUGHT],
          ...[answer(1, "00", REMOTE), "+1s", end()],
        ],
      },
      {
        name: "nobody waits for it any longer",
        script: [
          ...[...CHANNELS, request(1, "18 01"), send(1, BRIDGED), answer(1, "c3", TIMER)],
          ...[...BROUGHT, "+1s", end()],
        ],
      },
      {
        name: "answered, and tried once more",
        script: [
          ...[...CHANNELS, request(1, "18 01"), send(1, BRIDGED), ...BROUGHT],
          ...[answer(1, "00", REMOTE), send(1, BRIDGED), ...BROUGHT, "+1s", end()],
        ],
      },
      { name: "refused", script: [...CHANNELS, ...COMMAND, REFUSES, "+1s", end()] },
      {
        name: "received",
        script: [...CHANNELS, ...COMMAND, delivered("a", "command", "18 01"), "+1s", end()],
      },
      { name: "the channels are not known", script: [start, ...COMMAND, "+1s", end()] },
      { name: "refused, and the channels are not known", script: [start, ...COMMAND, REFUSES] },
      { name: "shut down", script: [...CHANNELS, ...COMMAND, host("shutdown"), "+1s", end()] },
    ],
  },
  "STACK-25": {
    fires: [
      {
        name: "given up too soon",
        script: [request(1, "18 01"), ...tries(4), answer(1, "c3", TIMER)],
      },
      { name: "once too often", script: [request(1, "18 01"), ...tries(6)] },
      { name: "a broadcast twice", script: [request(1, "18 01"), ...repeat(2, [send(1, ALL)])] },
      {
        name: "too early",
        script: [
          ...[request(1, "18 01"), send(1, BRIDGED), received(1, 1, "1c 34 00"), "+1s"],
          send(1, BRIDGED),
        ],
      },
      {
        name: "a bus that was lost is taken for the end",
        script: [
          ...[request(1, "18 01"), send(1, BRIDGED), received(1, 1, "1c 34 81")],
          answer(1, "81"),
        ],
      },
      {
        name: "not as before",
        script: [...[request(1, "18 01"), ...tries(1)], send(1, "18 34 00 52 18 96 20 06 01 d9")],
      },
    ],
    silent: [
      { name: "all of them", script: [request(1, "18 01"), ...tries(5), answer(1, "c3", TIMER)] },
      {
        name: "answered",
        script: [request(1, "18 01"), ...tries(2), answer(1, "00", REMOTE)],
      },
      {
        name: "refused for good",
        script: [
          ...[request(1, "18 01"), send(1, BRIDGED), received(1, 1, "1c 34 d3")],
          answer(1, "d3"),
        ],
      },
      {
        name: "it stood in the queue for too long",
        script: [request(1, "18 01"), ...tries(1), "+30s", answer(1, "c3", TIMER)],
      },
      {
        name: "a broadcast",
        script: [
          ...[request(1, "18 01"), send(1, "18 34 00 00 52 18 96 20 02 01 dd")],
          ...[received(1, 1, "1c 34 00"), "+2s", answer(1, "c3", TIMER)],
        ],
      },
      { name: "a tool's own", script: [request(1, BRIDGED), ...tries(6)] },
      { name: "a panic", script: [request(1, "18 01"), ...tries(5), host("panic"), ...tries(1)] },
    ],
  },
  "STACK-26": {
    fires: [
      { name: "owed an answer", script: [request(1, GUID, "a"), gone, "+1s", answer(1, "00")] },
      { name: "given something", script: [gone, delivered("a", "pretimeout")] },
      { name: "accepted", script: [gone, request(1, GUID, "a")] },
    ],
    silent: [
      {
        name: "answered as he goes",
        script: [request(1, GUID, "a"), gone, answer(1, "ce", { maker: "host-handler" }), "+1s"],
      },
      {
        name: "another went before",
        script: [
          request(1, GUID, "a"),
          user("b", "gone"),
          "+1s",
          gone,
          answer(1, "ce", { maker: "host-handler" }),
        ],
      },
      { name: "others wait", script: [request(1, GUID), gone, "+1s", answer(1, "00"), end()] },
      { name: "another driver", script: [gone, host("start"), request(1, GUID, "a")] },
      { name: "a panic", script: [request(1, GUID, "a"), gone, host("panic"), "+1s", end()] },
    ],
  },
};
