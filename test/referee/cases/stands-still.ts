import { answer, end, host, received, request, send } from "../script.ts";
import type { RuleCases } from "./case.ts";

const GUID = "18 37";
const SELF_TEST = "18 04";
const RESET = "18 02";
const start = host("start");
/** A reset that the BMC does not have. */
const refusedReset = [
  ...[request(1, RESET), send(1, RESET), received(1, 1, "1c 02 c1"), answer(1, "c1")],
];

export const standsStillCases: RuleCases = {
  "STACK-36": {
    fires: [
      {
        name: "behind a reset that was refused",
        script: [start, ...refusedReset, request(2, GUID), "+4s", end()],
      },
      {
        name: "behind a response, until the next user comes",
        script: [start, ...refusedReset, request(2, GUID), "+4s", request(3, SELF_TEST)],
      },
      {
        name: "it is given up in the queue",
        script: [start, request(2, GUID), "+30s", answer(2, "c3", { maker: "timer" })],
      },
    ],
    silent: [
      {
        name: "it goes",
        script: [start, ...refusedReset, request(2, GUID), "+2s", send(2, GUID), "+9s", end()],
      },
      {
        name: "another is under way",
        script: [start, request(1, GUID), send(1, GUID), request(2, SELF_TEST), "+9s", end()],
      },
      {
        name: "whose user has gone is on the wire yet",
        script: [
          ...[start, request(1, GUID), send(1, GUID), request(2, SELF_TEST)],
          ...[answer(1, "ff", { maker: "host-handler" }), "+9s", end()],
        ],
      },
      {
        name: "whose user has gone is on the wire yet, beside others that came and went",
        script: [
          ...[start, request(1, GUID), send(1, GUID), answer(1, "ce", { maker: "host-handler" })],
          ...[request(2, RESET), request(3, SELF_TEST), send(3, SELF_TEST)],
          ...[received(3, 3, "1c 04 00 55 00"), answer(3, "00 55 00"), "+9s", end()],
        ],
        interface: "bt",
      },
      {
        name: "all are answered",
        script: [
          start,
          request(1, GUID),
          answer(1, "82", { maker: "host-interface" }),
          "+9s",
          end(),
        ],
      },
      {
        name: "the stack's own questions wait",
        script: [start, request(1, "18 01", "identity"), "+9s", end()],
      },
      {
        name: "the host crashed",
        script: [start, request(1, GUID), host("panic"), "+9s", end()],
      },
      {
        name: "the driver is gone",
        script: [start, request(1, GUID), host("shutdown"), "+9s", end()],
      },
      {
        name: "another host does not tell what it sends",
        script: [start, request(1, GUID), "+9s", end()],
        host: "linux",
      },
    ],
  },
};
