import type { Body } from "../../../src/trace/events.ts";
import { answer, end, host, request, type Script, send, user } from "../script.ts";
import type { RuleCases } from "./case.ts";

const start = host("start");
const up = host("up");
const FIRMWARE = "20 01";
const DEVICE_ID = "18 01";
const ENABLES = "18 2f";
/** A user has been served since. */
const SERVED: Script = [request(1, "18 37"), send(1, "18 37"), answer(1, "00")];
const updates = (id: number): Body => request(id, FIRMWARE);

/** The BMC said that it knows IPMI of this version. */
function knows(version: string): Script {
  const told = `00 20 01 02 00 ${version} bf 00 00 00 00 00`;
  return [request(50, DEVICE_ID, "identity"), send(50, DEVICE_ID), answer(50, told)];
}

const changed = host("firmware-changed");
const asksChannels = request(60, "18 42 00", "channels");
const served = (id: number): Script => [request(id, "18 37"), send(id, "18 37")];

export const firmwareCases: RuleCases = {
  "STACK-37": {
    fires: [
      {
        name: "asked who it is",
        script: [start, up, ...SERVED, updates(2), "+20s", request(3, DEVICE_ID, "identity")],
      },
      {
        name: "half a minute from the first command, and the last is not so long ago",
        script: [
          ...[start, up, ...SERVED, updates(2), "+20s", updates(3), "+15s"],
          request(4, ENABLES, "system-interface"),
        ],
      },
    ],
    silent: [
      {
        name: "half a minute later",
        script: [start, up, ...SERVED, updates(2), "+30s", request(3, DEVICE_ID, "identity")],
      },
      {
        name: "nobody updates it",
        script: [start, up, ...SERVED, request(3, DEVICE_ID, "identity")],
      },
      {
        name: "the BMC is set up",
        script: [
          ...[start, up, ...SERVED, updates(2), "+5s", host("found")],
          request(3, ENABLES, "system-interface"),
        ],
      },
      {
        name: "a user asks",
        script: [start, up, ...SERVED, updates(2), "+5s", request(3, DEVICE_ID)],
      },
      {
        name: "what the BMC has to say is fetched",
        script: [start, up, ...SERVED, updates(2), request(3, "18 31", "system-interface")],
      },
      {
        name: "the firmware of another controller",
        script: [
          ...[start, up, ...SERVED, user("x", "bridges", "52h on channel 0"), updates(2), "+5s"],
          request(3, DEVICE_ID, "identity"),
        ],
      },
    ],
  },
  "STACK-38": {
    fires: [
      {
        name: "not asked for",
        script: [start, ...knows("02"), changed, "+1s", ...served(7)],
      },
      {
        name: "since 1.5",
        script: [start, ...knows("51"), changed, "+1s", ...served(7)],
      },
      {
        name: "what was asked before was answered",
        script: [
          ...[start, ...knows("02"), asksChannels, changed, "+9s", answer(60, "c3"), "+1s"],
          ...served(7),
        ],
      },
    ],
    silent: [
      {
        name: "asked for",
        script: [start, ...knows("02"), changed, asksChannels, "+1s", ...served(7)],
      },
      {
        name: "asked for in 1.0 they cannot be",
        script: [start, ...knows("01"), changed, "+1s", ...served(7)],
      },
      {
        name: "what was asked before is open",
        script: [
          ...[start, ...knows("02"), asksChannels, changed, "+9s", ...served(7)],
          ...[answer(60, "c3"), request(61, "18 42 00", "channels"), "+1s", ...served(8)],
        ],
      },
      {
        name: "nobody is served",
        script: [start, ...knows("02"), changed, "+9s", request(7, "18 37"), end()],
      },
      {
        name: "lost again",
        script: [start, ...knows("02"), changed, "+1s", host("failed"), ...served(7)],
      },
    ],
  },
};
