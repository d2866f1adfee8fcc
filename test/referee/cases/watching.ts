import type { Body } from "../../../src/trace/events.ts";
import {
  answer,
  bmc,
  end,
  fault,
  host,
  repeat,
  request,
  type Script,
  send,
  user,
} from "../script.ts";
import { bus, hostBus, read, write } from "../ssif-script.ts";
import type { RuleCases } from "./case.ts";

const GUID = "18 37";
const start = host("start");
const up = host("up");
const listens = user("a", "listens");
const SILENT = answer(1, "c3", { maker: "timer" });

/** What the stack asks on its own account, and its answer. */
function own(message: string, response: string, name = "system-interface"): Script {
  return [request(90, message, name), send(90, message), answer(90, response)];
}

const flagsRead = own("18 31", "00 02");
const enables = (bits: string) => own("18 2f", `00 ${bits}`);
const sets = own("18 2e 0c", "00");
const BEFORE: Script = [start, up, listens];
/** The stack has set its enables, and read them. */
const SET: Script = [start, ...enables("08"), ...sets, ...enables("0c"), up, listens];

function deviceId(firmware: string): Script {
  return own("18 01", `00 20 01 ${firmware} 02 be 00 00 00 01 00`, "identity");
}

/** A user is served. */
const SERVED: Script = [request(2, GUID), send(2, GUID), answer(2, "00")];
/** The wire spoils what is under way. */
const SPOILED: Script = [fault("wire"), fault("wire", "ends")];
const CLEARED = own("18 30 08", "00");
const CLEARS = CLEARED.slice(0, 2);
const CLEARED_OK = answer(90, "00");
const changed: Body = host("firmware-changed");

export const watchingCases: RuleCases = {
  "STACK-31": {
    fires: [
      {
        name: "nobody asks",
        script: [start, up, request(1, GUID), send(1, GUID), "+5s", SILENT, "+1s", end()],
      },
      {
        name: "nobody asks, on SSIF",
        interface: "ssif",
        script: [
          ...[start, up, request(1, GUID), send(1, GUID), ...bus(write(2, [0x18, 0x37]))],
          ...["+5s", ...bus(read(3, [])), SILENT, "+1s", end()],
        ],
      },
      {
        name: "that is not answered either, and nothing follows",
        script: [
          ...[start, up, request(1, GUID), send(1, GUID), "+5s", SILENT],
          ...[request(5, "18 01", "presence"), send(5, "18 01"), "+5s"],
          ...[answer(5, "c3", { maker: "timer" }), "+1s", end()],
        ],
      },
      {
        name: "behind those who wait",
        script: [
          ...[start, up, request(1, GUID), send(1, GUID), request(2, GUID), request(3, GUID)],
          ...[request(4, GUID), "+5s", SILENT, request(5, "18 01", "presence")],
          ...[send(2, GUID), send(3, GUID), send(4, GUID)],
        ],
      },
    ],
    silent: [
      {
        name: "asked",
        script: [
          ...[start, up, request(1, GUID), send(1, GUID), "+5s", SILENT],
          ...[request(5, "18 01", "presence"), send(5, "18 01"), "+1s", end()],
        ],
      },
      {
        name: "that is not answered either, and the BMC is given up",
        script: [
          ...[start, up, request(1, GUID), send(1, GUID), "+5s", SILENT],
          ...[request(5, "18 01", "presence"), send(5, "18 01"), "+5s"],
          ...[answer(5, "c3", { maker: "timer" }), host("failed"), "+1s", end()],
        ],
      },
      {
        name: "that could not even be sent",
        script: [
          ...[start, up, request(1, GUID), send(1, GUID), "+5s", SILENT],
          ...[request(5, "18 01", "presence"), "+9s", answer(5, "c3", { maker: "timer" })],
          ...["+1s", end()],
        ],
      },
      {
        name: "given up at once",
        script: [
          ...[start, up, request(1, GUID), send(1, GUID), "+5s", SILENT],
          ...[host("failed"), "+1s", end()],
        ],
      },
      {
        name: "it was never sent",
        script: [start, up, request(1, GUID), "+30s", SILENT, "+1s", end()],
      },
      {
        name: "a reset",
        script: [start, up, request(1, "18 02"), send(1, "18 02"), SILENT, "+1s", end()],
      },
      {
        name: "others had the bus, and the host lost it",
        interface: "ssif",
        script: [
          ...[start, up, request(1, GUID), send(1, GUID), ...bus(write(2, [0x18, 0x37]))],
          ...["+5s", ...hostBus("Slost:20"), SILENT, "+1s", end()],
        ],
      },
      {
        name: "others had the bus",
        interface: "ssif",
        script: [
          ...[start, up, fault("wire"), request(1, GUID), send(1, GUID), "+5s", SILENT],
          ...["+1s", end()],
        ],
      },
    ],
  },
  "STACK-32": {
    fires: [
      {
        name: "an event of the workload's",
        script: [...BEFORE, fault("nobody"), bmc("flags", 2), "+6s", end()],
      },
      { name: "an event stands", script: [...BEFORE, bmc("flags", 2), "+6s", end()] },
      {
        name: "a message stands, and a response is awaited",
        script: [
          ...[start, up, user("a", "bridges", "52h on channel 0"), request(1, "18 01", "a")],
          ...[bmc("flags", 1), "+6s", end()],
        ],
      },
      {
        name: "an event stands, and its fetch was not spoiled",
        interface: "bt",
        script: [...BEFORE, bmc("flags", 2), ...SPOILED, ...CLEARED, "+6s", end()],
      },
      {
        name: "another than the wire spoiled",
        interface: "bt",
        script: [...BEFORE, bmc("flags", 10), ...CLEARS, ...SPOILED, CLEARED_OK, "+6s", end()],
      },
      {
        name: "the wire spoiled the clearing, and attention stands",
        interface: "smic",
        script: [...BEFORE, bmc("flags", 8), ...CLEARS, ...SPOILED, CLEARED_OK, "+6s", end()],
      },
      {
        name: "a new one behind the one that the wire spoiled",
        interface: "bt",
        script: [
          ...[...BEFORE, bmc("flags", 8), ...CLEARS, ...SPOILED, CLEARED_OK, "+1s"],
          ...[bmc("flags", 0), "+1s", bmc("flags", 8), "+6s", end()],
        ],
      },
      {
        name: "shown since the wire spoiled the clearing",
        interface: "bt",
        script: [
          ...[...BEFORE, bmc("flags", 8), ...CLEARS, ...SPOILED, CLEARED_OK, "+1s"],
          ...[...own("18 31", "00 08"), ...CLEARED, "+6s", end()],
        ],
      },
      {
        name: "the pre-timeout is not cleared",
        script: [...BEFORE, ...own("18 31", "00 08"), ...flagsRead],
      },
      {
        name: "a queue that is empty is asked for more",
        script: [...BEFORE, ...own("18 31", "00 01"), ...repeat(2, own("18 33", "80"))],
      },
    ],
    silent: [
      { name: "asked", script: [...BEFORE, bmc("flags", 2), "+1s", ...flagsRead, "+1s", end()] },
      { name: "fetched", script: [...BEFORE, bmc("flags", 2), bmc("flags", 0), "+6s", end()] },
      { name: "nobody listens", script: [start, up, bmc("flags", 2), "+6s", end()] },
      {
        name: "nobody listens any longer",
        script: [...BEFORE, user("a", "listens-no-more"), bmc("flags", 2), "+6s", end()],
      },
      {
        name: "the BMC is lost",
        script: [...BEFORE, host("failed"), bmc("flags", 2), "+6s", end()],
      },
      { name: "the BMC is away", script: [...BEFORE, bmc("flags", 2), bmc("away"), "+6s", end()] },
      {
        name: "on orders",
        script: [...BEFORE, fault("bmc"), bmc("flags", 2), "+6s", end()],
      },
      {
        name: "the wire fails",
        script: [...BEFORE, fault("wire"), bmc("flags", 2), "+6s", end()],
      },
      {
        name: "cleared, but the wire made another command of it",
        interface: "bt",
        script: [...BEFORE, bmc("flags", 8), ...CLEARS, ...SPOILED, CLEARED_OK, "+6s", end()],
      },
      {
        name: "the firmware is written",
        script: [...BEFORE, request(1, "20 01"), bmc("flags", 2), "+6s", end()],
      },
      {
        name: "cleared",
        script: [...BEFORE, ...own("18 31", "00 08"), ...own("18 30 08", "00"), ...flagsRead],
      },
      {
        name: "a code of other commands",
        script: [...BEFORE, ...repeat(2, own("18 2e 0c", "80"))],
      },
      {
        name: "empty, and the flags were read again",
        script: [
          ...[...BEFORE, ...own("18 33", "80"), ...own("18 31", "00 01"), ...own("18 33", "80")],
        ],
      },
      {
        name: "the wire is not at rest",
        script: [
          ...[...BEFORE, bmc("flags", 2), request(1, GUID), send(1, GUID), "+4s", answer(1, "00")],
          end(),
        ],
      },
    ],
  },
  "STACK-34": {
    fires: [
      { name: "never", script: [...BEFORE, "+11s", end()] },
      { name: "no longer", script: [...SET, "+1s", ...enables("0c"), "+11s", end()] },
      { name: "lost and left", script: [...SET, "+1s", ...enables("08"), "+1s", end()] },
      {
        name: "not again after the firmware was written",
        script: [...SET, request(1, "20 01"), answer(1, "00"), "+42s", end()],
      },
    ],
    silent: [
      { name: "each second", script: [...SET, "+5s", ...enables("0c"), "+6s", end()] },
      { name: "nobody listens", script: [start, up, "+11s", end()] },
      { name: "set again", script: [...SET, "+1s", ...enables("08"), ...sets, "+1s", end()] },
      { name: "refused", script: [...SET, ...own("18 2e 0c", "cc"), "+30s", end()] },
      {
        name: "refused, and the watchdog is armed",
        script: [...SET, ...own("18 2e 0c", "cc"), host("watchdog-armed"), "+30s", end()],
      },
      { name: "the BMC is lost", script: [...SET, host("failed"), "+30s", end()] },
      {
        name: "the firmware is written",
        script: [...SET, request(1, "20 01"), "+20s", end()],
      },
      {
        name: "the firmware has just been written",
        script: [...SET, request(1, "20 01"), answer(1, "00"), "+32s", end()],
      },
      {
        name: "asked, and not answered",
        script: [...SET, request(90, "18 2f", "system-interface"), "+30s", end()],
      },
    ],
  },
  "STACK-33": {
    fires: [
      {
        name: "not asked",
        script: [
          start,
          ...deviceId("01 00"),
          up,
          ...SERVED,
          "+12s",
          request(1, GUID),
          "+1s",
          end(),
        ],
      },
      {
        name: "not asked again, behind a refusal",
        script: [
          ...[start, ...deviceId("01 00"), up, ...own("18 01", "ce", "identity"), ...SERVED],
          ...["+12s", request(1, GUID), "+1s", end()],
        ],
      },
      {
        name: "other firmware, and not a word",
        script: [start, ...deviceId("01 00"), up, ...deviceId("02 00"), "+1s", end()],
      },
    ],
    silent: [
      {
        name: "asked",
        script: [
          ...[start, ...deviceId("01 00"), up, ...SERVED, "+12s", request(1, GUID)],
          ...[...deviceId("01 00"), "+1s", end()],
        ],
      },
      {
        name: "known",
        script: [start, ...deviceId("01 00"), up, ...SERVED, "+9s", request(1, GUID), "+1s", end()],
      },
      {
        name: "the question had waited long, and was refused",
        script: [
          ...[start, ...deviceId("01 00"), up, ...SERVED, "+12s", request(1, GUID)],
          ...[request(90, "18 01", "identity"), "+12s", send(1, GUID), answer(1, "ce")],
          ...[send(90, "18 01"), answer(90, "ce"), request(3, GUID), "+1s", end()],
        ],
      },
      {
        name: "other firmware",
        script: [start, ...deviceId("01 00"), up, ...deviceId("02 00"), changed, "+1s", end()],
      },
      {
        name: "another driver",
        script: [start, ...deviceId("01 00"), up, start, ...deviceId("02 00"), up, "+1s", end()],
      },
      {
        name: "the firmware is written",
        script: [
          ...[start, ...deviceId("01 00"), up, ...SERVED, "+12s", request(3, "20 01")],
          ...["+1s", request(1, GUID), "+1s", end()],
        ],
      },
    ],
  },
};
