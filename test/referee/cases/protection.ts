import type { Body } from "../../../src/trace/events.ts";
import { answer, end, host, request, type Script, user } from "../script.ts";
import type { RuleCases } from "./case.ts";

const START = host("start");
const ARMED = host("watchdog-armed");
const UNPROTECTED = host("watchdog-unprotected");
const ASKS: Script = [request(7, "18 01")];
const UP: Script = [START, host("up")];
/** The timer is set up, and begins. */
const SET: Script = [asks(1, "18 24 44 01 00 00 64 00"), answer(1, "00")];
const BEGINS: Script = [asks(2, "18 22"), answer(2, "00")];
const BEATS: Script = [START, ...SET, ...BEGINS, ARMED];
const CLEAR: Script = own("18 30 08", "00");
const PRETIMEOUT: Script = own("18 31", "00 08");

export const protectionCases: RuleCases = {
  "STACK-45": {
    fires: [
      { name: "at once", script: [...BEATS, "+1s", UNPROTECTED, "+1s", end()] },
      {
        name: "the time of the heartbeat before",
        script: [...BEATS, "+9s", ...BEGINS, "+2s", UNPROTECTED, "+1s", end()],
      },
      {
        name: "a policy runs, and it is armed",
        script: [...BEATS, "+1s", host("watchdog-policy"), end()],
      },
      {
        name: "said twice",
        script: [...BEATS, "+10s", UNPROTECTED, "+1s", UNPROTECTED, "+1s", end()],
      },
      {
        name: "after its setting was changed, and was carried to the BMC",
        script: [
          ...[...BEATS, user("watchdog", "watchdog", "reset in 20 s"), ...SET, ...BEGINS, "+6s"],
          ...[...BEGINS, UNPROTECTED, "+1s", end()],
        ],
      },
    ],
    silent: [
      { name: "its time is over", script: [...BEATS, "+10s", UNPROTECTED, "+1s", end()] },
      {
        name: "armed in between",
        script: [
          ...[...BEATS, "+10s", UNPROTECTED, ...SET, ...BEGINS, ARMED, "+10s", UNPROTECTED],
          ...["+1s", end()],
        ],
      },
      {
        name: "begun and lost anew",
        script: [
          ...[
            ...BEATS,
            "+10s",
            UNPROTECTED,
            host("watchdog-off"),
            asks(3, "18 24 44 01 00 00 64 00"),
          ],
          ...[answer(3, "c0"), UNPROTECTED, "+1s", end()],
        ],
      },
      {
        name: "a heartbeat failed",
        script: [...BEATS, asks(3, "18 22"), answer(3, "82"), UNPROTECTED, "+1s", end()],
      },
      {
        name: "a heartbeat was answered by nobody",
        script: [
          ...[...BEATS, asks(3, "18 22"), answer(3, "00", { maker: "timer" }), UNPROTECTED, "+1s"],
          end(),
        ],
      },
      { name: "it is set up anew", script: [...BEATS, UNPROTECTED, ...SET, "+1s", end()] },
      {
        name: "it was being set up",
        script: [...BEATS, ...SET, UNPROTECTED, "+1s", end()],
      },
      {
        name: "its setting changed while the heartbeat was under way",
        script: [
          ...[...BEATS, asks(3, "18 22"), user("watchdog", "watchdog", "reset in 20 s")],
          ...[answer(3, "00"), UNPROTECTED, "+1s", end()],
        ],
      },
      {
        name: "a request of its own was refused",
        script: [
          ...BEATS,
          {
            ...{ e: "refused", id: 0, user: "watchdog", netFn: 6, cmd: 0x22, code: "STOPPED" },
          } as Body,
          ...[UNPROTECTED, "+1s", end()],
        ],
      },
      {
        name: "a policy runs, and it is unprotected",
        script: [...BEATS, "+10s", UNPROTECTED, "+1s", host("watchdog-policy"), end()],
      },
      { name: "another's request", script: [...BEATS, "+1s", request(5, "18 22"), "+1s", end()] },
      {
        name: "the host went down",
        script: [...BEATS, host("shutdown"), UNPROTECTED, "+1s", end()],
      },
    ],
  },
  "STACK-51": {
    fires: [
      {
        name: "C3h by the interface",
        script: [...ASKS, answer(7, "c3", { maker: "host-interface" })],
      },
      { name: "82h by the timer", script: [...ASKS, answer(7, "82", { maker: "timer" })] },
      { name: "82h by the handler", script: [...ASKS, answer(7, "82", { maker: "host-handler" })] },
      {
        name: "a success by nobody",
        script: [...ASKS, answer(7, "00", { maker: "host-handler" })],
      },
    ],
    silent: [
      { name: "C3h by the timer", script: [...ASKS, answer(7, "c3", { maker: "timer" })] },
      {
        name: "82h by the interface",
        script: [...ASKS, answer(7, "82", { maker: "host-interface" })],
      },
      { name: "C0h by the handler", script: [...ASKS, answer(7, "c0", { maker: "host-handler" })] },
      { name: "the BMC's own", script: [...ASKS, answer(7, "82")] },
    ],
  },
  "STACK-53": {
    fires: [{ name: "at once", script: [START, asksWho(7), answer(7, "d5"), asksWho(8)] }],
    silent: [
      { name: "later", script: [START, asksWho(7), answer(7, "d5"), "+500ms", asksWho(8)] },
      { name: "it said so", script: [START, asksWho(7), answer(7, "00"), asksWho(8)] },
      {
        name: "nobody answered",
        script: [START, asksWho(7), answer(7, "c3", { maker: "timer" }), asksWho(8)],
      },
      {
        name: "the BMC was reset",
        script: [START, asksWho(7), answer(7, "d5"), host("quiet-end"), asksWho(8)],
      },
    ],
  },
  "STACK-49": {
    fires: [
      { name: "flags, behind a loss", script: [...UP, host("failed"), ...own("18 31", "00 00")] },
      { name: "enables, at the start", script: [START, ...own("18 2f", "00 0c")] },
      {
        name: "the answer was none",
        script: [...UP, host("quiet"), host("quiet-end"), asksWho(7), answer(7, "c0"), ...CLEAR],
      },
    ],
    silent: [
      { name: "known", script: [...UP, host("failed"), asksWho(7), answer(7, "00"), ...CLEAR] },
      { name: "on BT", script: [START, ...own("18 36", "00 01 3f 3f 05 01")] },
      { name: "on SSIF", script: [START, ...own("18 57 00", "00 00 00 20 20")] },
      { name: "a user's", script: [START, host("failed"), request(5, "18 31")] },
      {
        name: "never lost",
        script: [START, asksWho(7), answer(7, "00"), ...UP.slice(1), ...CLEAR],
      },
      { name: "a panic", script: [START, host("panic"), ...CLEAR] },
    ],
  },
  "STACK-47": {
    fires: [
      { name: "nothing was read", script: [...UP, ...CLEAR] },
      { name: "behind a return", script: [...UP, host("failed"), host("found"), ...CLEAR] },
      { name: "twice", script: [...UP, ...PRETIMEOUT, ...CLEAR, ...CLEAR] },
      { name: "another flag was read", script: [...UP, ...own("18 31", "00 02"), ...CLEAR] },
    ],
    silent: [
      { name: "read", script: [...UP, ...PRETIMEOUT, ...CLEAR] },
      { name: "before it was up first", script: [START, ...CLEAR, host("up")] },
      {
        name: "read before the BMC was lost",
        script: [...UP, ...PRETIMEOUT, host("failed"), host("found"), ...CLEAR],
      },
      { name: "a driver that starts anew", script: [...UP, START, ...CLEAR] },
      { name: "another flag is cleared", script: [...UP, ...own("18 30 02", "00")] },
      { name: "a user's own", script: [...UP, request(5, "18 30 08"), answer(5, "00")] },
    ],
  },
};

/** The stack's own watchdog asks. */
function asks(id: number, message: string): Body {
  return { ...request(id, message), user: "watchdog" } as Body;
}

function asksWho(id: number): Body {
  return request(id, "18 01", "identity");
}

/** What the stack asks on its own account, and its answer. */
function own(message: string, response: string): Script {
  return [request(90, message, "system-interface"), answer(90, response)];
}
