import { commandName } from "../../ipmi/command-table.ts";
import { getChannelInfo } from "../../ipmi/commands/app/channel.ts";
import {
  getAcpiPowerState,
  getDeviceGuid,
  getDeviceId,
  getSelfTestResults,
  getSystemGuid,
} from "../../ipmi/commands/app/device.ts";
import { getBmcGlobalEnables, getMessageFlags } from "../../ipmi/commands/app/messaging.ts";
import {
  getBtInterfaceCapabilities,
  getSystemInterfaceCapabilities,
  SystemInterfaceType,
} from "../../ipmi/commands/app/system-interface.ts";
import { Cc } from "../../ipmi/completion.ts";
import { answerText, ask, did, hex, raw, succeeded } from "../asking.ts";
import type { Case, Course } from "../case.ts";
import type { Look } from "../look.ts";

/** Bits of Get Device ID's additional device support, each with a read that such a device has. */
const DEVICES = [
  ["sensorDevice", "Get Sensor Reading", [0x01]],
  ["sdrRepositoryDevice", "Get SDR Repository Info", []],
  ["selDevice", "Get SEL Info", []],
  ["fruInventoryDevice", "Get FRU Inventory Area Info", [0x00]],
  ["ipmbEventReceiver", "Get Event Receiver", []],
  ["chassisDevice", "Get Chassis Status", []],
] as const;

const CHANNELS = 16;

/** Reads a mandatory command's answer; C1h is the referee's and ours to see. */
function* mandatory(look: Look, course: Course<{ readonly answer: Answered }>): Course {
  const { answer } = yield* course;
  did(look, answer, "every BMC has to have it");
}
type Answered = Parameters<typeof did>[1];

/** An optional command: it may be missing. */
function* optional(look: Look, course: Course<{ readonly answer: Answered }>): Course {
  const { answer } = yield* course;
  did(look, answer);
}

/** The controller itself: who it is, and what it says of itself. */
export const appCases: readonly Case[] = [
  {
    id: "app/device-id",
    section: "IPMI 2.0 §20.1",
    title: "Get Device ID names a version of IPMI, and its fields have legal values.",
    *run(look) {
      const { answer, value } = yield* ask(getDeviceId, {});
      if (!did(look, answer, "every BMC has it") || value === undefined) return;
      const minor = value.firmwareMinor;
      if ((minor & 0x0f) > 9 || minor >> 4 > 9) {
        const text = `the minor firmware version ${hex(minor)} is no two digits`;
        look.tolerable("IPMI 2.0 §20.1", text);
      }
      if (value.updateInProgress) look.inconclusive("the BMC is in an update or initialisation");
    },
  },
  {
    id: "app/self-test",
    section: "IPMI 2.0 §20.4",
    title: "Get Self Test Results is answered, and names failures only when it found some.",
    run: (look) => mandatory(look, ask(getSelfTestResults, {})),
  },
  {
    id: "app/device-guid",
    section: "IPMI 2.0 §20.8",
    title: "Get Device GUID gives sixteen bytes, if there is one.",
    run: (look) => optional(look, ask(getDeviceGuid, {})),
  },
  {
    id: "app/system-guid",
    section: "IPMI 2.0 §22.14",
    title: "Get System GUID gives sixteen bytes, if there is one.",
    run: (look) => optional(look, ask(getSystemGuid, {})),
  },
  {
    id: "app/acpi-power-state",
    section: "IPMI 2.0 §20.7",
    title: "Get ACPI Power State names states that there are.",
    run: (look) => optional(look, ask(getAcpiPowerState, {})),
  },
  {
    id: "app/global-enables",
    section: "IPMI 2.0 §22.2",
    title: "The global enables can be read, and are what the driver set.",
    run: (look) => mandatory(look, ask(getBmcGlobalEnables, {})),
  },
  {
    id: "app/message-flags",
    section: "IPMI 2.0 §22.4",
    title: "The message flags can be read.",
    run: (look) => mandatory(look, ask(getMessageFlags, {})),
  },
  {
    id: "app/channels",
    section: "IPMI 2.0 §6.3 to §6.5, §22.24",
    title: "Get Channel Info describes each channel that there is.",
    *run(look) {
      let described = 0;
      for (let channel = 0; channel < CHANNELS; channel++) {
        const { answer } = yield* ask(getChannelInfo, { channel });
        if (answer.maker === "bmc" && answer.cc === Cc.InvalidCommand)
          return void did(look, answer);
        if (answer.maker !== "bmc") look.inconclusive(`channel ${channel}: ${answerText(answer)}`);
        if (succeeded(answer)) described++;
      }
      if (described === 0) look.inconclusive("no channel is described");
    },
  },
  {
    id: "app/bt-capabilities",
    section: "IPMI 2.0 §22.10",
    title: "On BT, Get BT Interface Capabilities says what BT takes.",
    interfaces: ["bt"],
    *run(look) {
      const { answer, value } = yield* ask(getBtInterfaceCapabilities, {});
      if (!did(look, answer, "it is mandatory with BT") || value === undefined) return;
      const { outstandingRequests, requestToResponseS } = value;
      if (outstandingRequests === 0) {
        look.violates("IPMI 2.0 §22.10", "no outstanding request is allowed, and 0 is illegal");
      }
      if (requestToResponseS === 0 || requestToResponseS > 30) {
        look.violates("IPMI 2.0 §22.10", `the time for a response is ${requestToResponseS} s`);
      }
    },
  },
  {
    id: "app/interface-capabilities",
    section: "IPMI 2.0 §22.9",
    title: "Get System Interface Capabilities describes the interface.",
    interfaces: ["kcs", "smic", "ssif"],
    *run(look) {
      const type = { kcs: SystemInterfaceType.Kcs, smic: SystemInterfaceType.Smic, bt: undefined };
      const kind = look.interface ?? "kcs";
      const interfaceType = kind === "ssif" ? SystemInterfaceType.Ssif : type[kind];
      if (interfaceType === undefined) return;
      const { answer } = yield* ask(getSystemInterfaceCapabilities, { interfaceType });
      did(look, answer);
    },
  },
  {
    id: "claims/logical-devices",
    section: "IPMI 2.0 §20.1, Appendix G",
    title: "The logical devices that Get Device ID names are there, and no others.",
    *run(look) {
      const { answer, value } = yield* ask(getDeviceId, {});
      if (!did(look, answer, "every BMC has it") || value === undefined) return;
      for (const [bit, name, data] of DEVICES) {
        const claimed = value[bit];
        const probe = yield* raw(name, data);
        if (probe.maker !== "bmc") {
          look.inconclusive(answerText(probe));
          continue;
        }
        const has = probe.cc !== Cc.InvalidCommand;
        const what = words(bit);
        if (!claimed && has) {
          look.tolerable(
            "IPMI 2.0 §20.1",
            `a ${what} is there, and Get Device ID does not name it`,
          );
        }
        look.claim({
          what,
          by: "Get Device ID",
          claimed: claimed ? "yes" : "no",
          answered: `${commandName(probe.netFn, probe.cmd)}: ${hex(probe.cc)}`,
          agrees: claimed === has,
        });
      }
    },
  },
  {
    id: "claims/command-support",
    section: "IPMI 2.0 §21.2, §21.3",
    title: "Get NetFn Support and Get Command Support can be asked.",
    *run(look) {
      const answer = yield* raw("Get NetFn Support", [0x0e]);
      did(look, answer);
    },
  },
];

/** `sdrRepositoryDevice` as a reader writes it. */
function words(name: string): string {
  return name
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/\bsdr\b/, "SDR")
    .replace(/\bsel\b/, "SEL")
    .replace(/\bfru\b/, "FRU")
    .replace(/\bipmb\b/, "IPMB");
}
