import type { Body } from "../../../src/trace/events.ts";
import { answer, host, received, request, type Script, send } from "../script.ts";
import type { RuleCases } from "./case.ts";

const GUID = "18 37";
const SELF_TEST = "18 04";
/** Get Device ID to 52h with sequence number 0. */
const BRIDGED = "18 34 00 52 18 96 20 02 01 dd";
const REMOTE = { maker: "remote" } as const;
const TIMER = { maker: "timer" } as const;
const start = host("start");
const HUNDRED = Array.from({ length: 100 }, (_, at) => request(at + 1, GUID));
/** A bridged request's first try: it is taken. */
const TRIED: Script = [send(1, BRIDGED), received(1, 1, "1c 34 00")];

function refused(code: string, name = "x"): Body {
  return { e: "refused", id: 0, user: name, netFn: 6, cmd: 1, code };
}

/** A request waits, and so many of the watchdog's are sent. */
function heartbeats(count: number): Script {
  const beats = Array.from({ length: count }, (_, at): Script => {
    const id = at + 2;
    return [request(id, "18 22", "watchdog"), send(id, "18 22"), answer(id, "00")];
  });
  return [request(1, GUID), ...beats.flat()];
}

/** Who goes before whom, and who is refused. */
export const turnCases: RuleCases = {
  "STACK-28": {
    fires: [
      {
        name: "out of turn",
        script: [request(1, GUID), request(2, SELF_TEST, "a"), send(2, SELF_TEST)],
      },
      {
        name: "before the BMC is set up",
        script: [start, request(1, GUID), send(1, GUID)],
      },
      {
        name: "answered already",
        script: [request(1, GUID), answer(1, "ce", { maker: "host-handler" }), send(1, GUID)],
      },
      {
        name: "a next try, long after the answer",
        script: [...TRIED, answer(1, "00", REMOTE), "+2s", send(1, BRIDGED)],
      },
      {
        name: "a next try, with nothing on the wire since",
        script: [...TRIED, answer(1, "00", REMOTE), "+100ms", send(1, BRIDGED)],
      },
      { name: "heartbeats on and on", script: heartbeats(5) },
      { name: "given up unsent", script: [request(1, GUID), "+5s", answer(1, "c3", TIMER)] },
      {
        name: "the watchdog waits",
        script: [
          ...HUNDRED.slice(0, 20),
          request(101, "18 22", "watchdog"),
          ...HUNDRED.slice(0, 11).map((_, at) => send(at + 1, GUID)),
        ],
      },
    ],
    silent: [
      {
        name: "in turn",
        script: [request(1, GUID), request(2, GUID), send(1, GUID), send(2, GUID)],
      },
      {
        name: "sent again",
        script: [request(1, GUID), send(1, GUID), request(2, GUID), send(1, GUID), send(2, GUID)],
      },
      {
        name: "the one before was answered unsent",
        script: [request(1, GUID), request(2, GUID), "+10s", answer(1, "c3", TIMER), send(2, GUID)],
      },
      { name: "heartbeats", script: heartbeats(4) },
      {
        name: "heartbeats, and others in between",
        script: [
          ...[...heartbeats(4), send(1, GUID), request(8, GUID), request(9, "18 22", "watchdog")],
          send(9, "18 22"),
        ],
      },
      {
        name: "the watchdog goes before",
        script: [request(1, GUID), request(2, "18 22", "watchdog"), send(2, "18 22")],
      },
      {
        name: "the stack's own before the BMC is set up",
        script: [start, request(1, "18 01", "identity"), send(1, "18 01")],
      },
      {
        name: "a next try that stood in the queue",
        script: [...TRIED, answer(1, "00", REMOTE), send(1, BRIDGED)],
      },
      { name: "once it is", script: [start, host("up"), request(1, GUID), send(1, GUID)] },
      { name: "a panic's", script: [start, host("up"), host("panic"), send(1, "10 02")] },
      {
        name: "the stack's own question goes before",
        script: [request(1, GUID), request(2, "18 01", "presence"), send(2, "18 01")],
      },
    ],
  },
  "STACK-30": {
    fires: [
      { name: "one too many", script: [...HUNDRED, request(101, GUID)] },
      { name: "none too many", script: [...HUNDRED.slice(1), refused("TOO_MANY_MESSAGES")] },
      { name: "accepted in the quiet time", script: [host("quiet"), request(1, GUID)] },
      { name: "nobody resets", script: [refused("BUSY_MAINTENANCE")] },
      {
        name: "the reset is over",
        script: [host("quiet"), host("quiet-end"), refused("BUSY_MAINTENANCE")],
      },
      { name: "the table is empty", script: [refused("SEQUENCE_TABLE_FULL")] },
    ],
    silent: [
      { name: "a hundred", script: HUNDRED },
      { name: "all of another's", script: [...HUNDRED, request(101, GUID, "a")] },
      { name: "too many", script: [...HUNDRED, refused("TOO_MANY_MESSAGES")] },
      { name: "quiet", script: [host("quiet"), refused("BUSY_MAINTENANCE")] },
      {
        name: "the quiet time is over",
        script: [host("quiet"), host("quiet-end"), request(1, GUID)],
      },
      { name: "a reset is on its way", script: [request(1, "18 02"), refused("BUSY_MAINTENANCE")] },
      { name: "the table is full", script: [...HUNDRED, refused("SEQUENCE_TABLE_FULL")] },
      { name: "of another kind", script: [refused("SHUTDOWN")] },
    ],
  },
};
