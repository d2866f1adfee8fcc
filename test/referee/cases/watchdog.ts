import type { Body } from "../../../src/trace/events.ts";
import {
  answer,
  bmc,
  delivered,
  end,
  host,
  received,
  request,
  said,
  send,
  user,
} from "../script.ts";
import type { RuleCases } from "./case.ts";

/** A command and its answer, as the BMC's application sees them. */
function asked(tag: number, request: string, code: number): Body[] {
  const message = Uint8Array.from(request.split(" "), (byte) => Number.parseInt(byte, 16));
  const [netFnLun = 0, cmd = 0] = message;
  const response = Uint8Array.of(netFnLun | 4, cmd, code);
  return [
    { e: "bmc.request", tag, message },
    { e: "bmc.response", tag, message: response },
  ];
}

const SET_10_S = "18 24 44 01 00 00 64 00";
/** With another action. */
const CYCLE_10_S = "18 24 44 03 00 00 64 00";
const armed = [...asked(1, SET_10_S, 0), ...asked(2, "18 22", 0), host("watchdog-armed")];
const garbledRefusal = [bmc("reset"), ...asked(1, "18 22", 0x80), received(1, 1, "1c 22 00")];
const promises = { answerBoundUs: 20_000_000 };

/** Who the BMC is, one of IPMI 2.0. */
const KNOWN = [request(8, "18 01", "identity"), answer(8, "00 20 01 01 00 02 be")];
const stops = user("watchdog", "watchdog-stop");
const beats = user("watchdog", "heartbeat");

/** The timer is called armed, and the BMC has lost it. */
const refused = [asks(SET_10_S), asks("18 22"), says("reset in 10 s"), answer(1, "80")];

export const watchdogCases: RuleCases = {
  "STACK-20": {
    fires: [
      { name: "only set", script: [...asked(1, SET_10_S, 0), host("watchdog-armed")] },
      { name: "never set", script: [...asked(1, "18 22", 0x80), host("watchdog-armed")] },
      {
        name: "refused",
        script: [...asked(1, SET_10_S, 0), ...asked(2, "18 22", 0xff), host("watchdog-armed")],
      },
      {
        name: "stopped",
        script: [...armed, ...asked(3, "18 24 04 00 00 00 64 00", 0), host("watchdog-armed")],
      },
      { name: "lost for too long", script: [...armed, bmc("reset"), "+31s", end()], promises },
      {
        name: "withdrawn too late",
        script: [...armed, bmc("power-on"), "+31s", host("watchdog-unprotected")],
        promises,
      },
      {
        name: "set up again too late",
        script: [...armed, bmc("reset"), "+31s", ...asked(3, SET_10_S, 0), ...asked(4, "18 22", 0)],
        promises,
      },
      {
        name: "set again, but not started",
        script: [...armed, bmc("reset"), ...asked(3, SET_10_S, 0), "+31s", end()],
        promises,
      },
      { name: "ran out", script: [...armed, bmc("watchdog-expired"), "+31s", end()], promises },
      {
        name: "armed by what the wire made of a refusal, for too long",
        script: [...garbledRefusal, host("watchdog-armed"), "+31s", end()],
        promises,
      },
      {
        name: "armed over a refusal",
        script: [
          ...armed,
          bmc("reset"),
          ...asked(3, "18 22", 0x80),
          host("watchdog-unprotected"),
          host("watchdog-armed"),
        ],
      },
    ],
    silent: [
      { name: "armed", script: [...armed, "+99s", end()] },
      {
        name: "armed by what the wire made of a refusal",
        script: [
          ...garbledRefusal,
          ...[host("watchdog-armed"), "+9s", host("watchdog-unprotected"), "+99s", end()],
        ],
        promises,
      },
      { name: "noticed", script: [...armed, bmc("reset"), "+29s", end()], promises },
      {
        name: "withdrawn",
        script: [...armed, bmc("reset"), "+9s", host("watchdog-unprotected"), "+99s", end()],
        promises,
      },
      {
        name: "set up again",
        script: [
          ...armed,
          bmc("reset"),
          ...asked(3, SET_10_S, 0),
          ...asked(4, "18 22", 0),
          "+99s",
          end(),
        ],
        promises,
      },
      {
        name: "lost behind its answer",
        script: [
          ...asked(1, SET_10_S, 0),
          ...asked(2, "18 22", 0),
          bmc("reset"),
          host("watchdog-armed"),
          "+9s",
          host("watchdog-unprotected"),
          end(),
        ],
        promises,
      },
      { name: "off", script: [...armed, host("watchdog-off"), bmc("reset"), "+99s", end()] },
    ],
  },
  "STACK-21": {
    fires: [
      { name: "another action", script: [...sets("02", "64 00"), says("reset in 10 s")] },
      { name: "another time", script: [...sets("01", "0a 00"), says("reset in 10 s")] },
      { name: "set to another action", script: [wants("reset in 10 s"), asks(CYCLE_10_S)] },
      {
        name: "no pre-timeout",
        script: [wants("reset in 10 s, messaging 3 s before"), asks("18 24 44 01 00 00 64 00")],
      },
      {
        name: "it stands as it is set",
        script: [...KNOWN, wants("reset in 10 s"), asks("18 24 04 01 00 00 64 00")],
      },
      {
        name: "nothing is logged",
        script: [wants("reset in 10 s"), asks("18 24 c4 01 00 00 64 00")],
      },
      {
        name: "another way to hear of it",
        script: [wants("reset in 10 s, messaging 3 s before"), asks("18 24 44 21 03 00 64 00")],
      },
    ],
    silent: [
      { name: "as it was set", script: [...sets("01", "64 00"), says("reset in 10 s")] },
      {
        name: "the wire made another of it",
        script: [...sets("01", "64 00", "00"), says("reset in 10 s")],
      },
      {
        name: "another user's",
        script: [...said("18 24 44 02 00 00 64 00", "1c 24 00"), says("reset in 10 s")],
      },
      {
        name: "the BMC lost it",
        script: [...sets("02", "64 00"), bmc("reset"), says("reset in 10 s")],
      },
      {
        name: "as it was asked for",
        script: [wants("reset in 10 s, messaging 3 s before"), asks("18 24 44 31 03 00 64 00")],
      },
      {
        name: "it goes on",
        script: [...KNOWN, wants("reset in 10 s"), asks("18 24 44 01 00 00 64 00")],
      },
      {
        name: "of IPMI 1.0",
        script: [
          ...[request(8, "18 01", "identity"), answer(8, "00 20 01 01 00 01 be")],
          ...[wants("reset in 10 s"), asks("18 24 04 01 00 00 64 00")],
        ],
      },
      { name: "without an interrupt", script: [wants("reset in 10 s"), asks(SET_10_S)] },
      { name: "to stop it", script: [wants("reset in 10 s"), asks("18 24 04 00 00 00 64 00")] },
      { name: "a tool's", script: [wants("reset in 10 s"), request(1, CYCLE_10_S)] },
      { name: "in other words", script: [...sets("02", "64 00"), host("watchdog-armed")] },
    ],
  },
  "STACK-27": {
    fires: [
      { name: "nothing", script: [wants("reset in 10 s"), beats, "+1s", end()] },
      {
        name: "only set",
        script: [wants("reset in 10 s"), beats, asks(SET_10_S), answer(1, "00"), "+1s", end()],
      },
    ],
    silent: [
      { name: "begun anew", script: [wants("reset in 10 s"), beats, asks("18 22"), "+1s", end()] },
      { name: "nothing to begin", script: [wants("none in 10 s"), beats, "+1s", end()] },
      {
        name: "the Set is under way",
        script: [wants("reset in 10 s"), beats, asks(SET_10_S), "+1s", end()],
      },
      {
        name: "the Set failed",
        script: [wants("reset in 10 s"), beats, asks(SET_10_S), answer(1, "c3"), "+1s", end()],
      },
      {
        name: "refused",
        script: [
          ...[wants("reset in 10 s"), beats],
          { e: "refused", id: 0, user: "watchdog", netFn: 6, cmd: 0x22, code: "BUSY_MAINTENANCE" },
          ...["+1s", end()],
        ],
      },
      {
        name: "shut down",
        script: [wants("reset in 10 s"), beats, host("shutdown"), "+1s", end()],
      },
      { name: "stopped", script: [wants("reset in 10 s"), beats, stops, "+1s", end()] },
    ],
  },
  "STACK-29": {
    fires: [
      { name: "never set", script: [wants("reset in 10 s"), asks("18 22")] },
      {
        name: "behind the pre-timeout",
        script: [
          ...[wants("reset in 10 s"), asks(SET_10_S), asks("18 22")],
          ...[delivered("watchdog", "pretimeout"), asks("18 22")],
        ],
      },
      { name: "refused, and nothing came of it", script: [...refused, "+1s", end()] },
      { name: "set up anew, and called armed meanwhile", script: [...refused, asks(SET_10_S)] },
      {
        name: "ran out, and nothing was said",
        script: [
          ...[asks(SET_10_S), asks("18 22"), answer(1, "00"), says("reset in 10 s"), "+11s"],
          end(),
        ],
      },
      {
        name: "others are served first",
        script: [
          ...[wants("reset in 10 s"), beats, asks(SET_10_S), asks("18 22"), answer(1, "00")],
          ...[host("found"), request(2, "18 01"), send(2, "18 01")],
        ],
      },
      {
        name: "the BMC was away",
        script: [
          ...[wants("reset in 10 s"), asks(SET_10_S), asks("18 22"), host("found")],
          ...[request(2, "18 01"), send(2, "18 01"), asks("18 22")],
        ],
      },
    ],
    silent: [
      {
        name: "a change was refused, and taken back",
        script: [
          ...[wants("reset in 10 s"), beats, asks(SET_10_S), asks("18 22"), answer(1, "00")],
          ...[wants("none in 10 s"), wants("reset in 10 s"), beats, asks("18 22")],
        ],
      },
      {
        name: "the pre-timeout comes while it is set",
        script: [
          ...[wants("reset in 10 s"), asks(SET_10_S), delivered("watchdog", "pretimeout")],
          ...[answer(1, "00"), asks("18 22"), answer(1, "00"), asks("18 22")],
        ],
      },
      { name: "set", script: [wants("reset in 10 s"), asks(SET_10_S), asks("18 22")] },
      {
        name: "the Reset that belongs to a Set",
        script: [
          ...[wants("reset in 10 s"), asks(SET_10_S), wants("reset in 5 s"), asks("18 22")],
          ...[asks("18 24 44 01 00 00 32 00"), asks("18 22")],
        ],
      },
      {
        name: "asked as the BMC is set up again",
        script: [
          ...[wants("reset in 10 s"), asks(SET_10_S), asks("18 22"), host("found")],
          asks("18 22"),
        ],
      },
      {
        name: "set up when it is back",
        script: [
          ...[wants("reset in 10 s"), asks(SET_10_S), asks("18 22"), host("found")],
          ...[asks(SET_10_S), asks("18 22")],
        ],
      },
      {
        name: "refused, and said so",
        script: [
          ...[asks(SET_10_S), asks("18 22"), says("reset in 10 s"), answer(1, "80")],
          ...[host("watchdog-unprotected"), "+1s", end()],
        ],
      },
      {
        name: "it runs",
        script: [
          ...[asks(SET_10_S), asks("18 22"), answer(1, "00"), says("reset in 10 s"), "+9s"],
          end(),
        ],
      },
      {
        name: "ran out, and said so",
        script: [
          ...[asks(SET_10_S), asks("18 22"), answer(1, "00"), says("reset in 10 s"), "+10s"],
          ...[host("watchdog-unprotected"), "+1s", end()],
        ],
      },
      { name: "another driver", script: [wants("reset in 10 s"), host("start"), asks("18 22")] },
    ],
  },
  "WD-10": {
    fires: [
      { name: "another use", script: [asks("18 24 43 01 00 00 64 00")] },
      { name: "another's flag", script: [asks("18 24 44 01 00 08 64 00")] },
    ],
    silent: [
      { name: "its own", script: [asks("18 24 44 01 00 10 64 00")] },
      { name: "a tool's", script: [request(1, "18 24 43 01 00 08 64 00")] },
    ],
  },
};

function set(action: string, count: string) {
  return said(`18 24 44 ${action} 00 00 ${count}`, "1c 24 00");
}

/** The watchdog's own, which `heard` is what came of at the BMC. */
function sets(action: string, count: string, heard = action) {
  return [asks(`18 24 44 ${action} 00 00 ${count}`), ...set(heard, count)];
}

function says(text: string): Body {
  return { e: "host", what: "watchdog-armed", text };
}

/** Its user asks for that. */
function wants(text: string): Body {
  return user("watchdog", "watchdog", text);
}

/** The stack's own watchdog asks. */
function asks(message: string): Body {
  return { ...request(1, message), user: "watchdog" } as Body;
}
