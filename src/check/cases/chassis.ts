import { BootParameter, getSystemBootOptions } from "../../ipmi/commands/chassis/boot-options.ts";
import {
  getChassisCapabilities,
  getChassisStatus,
  getPohCounter,
  getSystemRestartCause,
} from "../../ipmi/commands/chassis/chassis.ts";
import { getEventReceiver } from "../../ipmi/commands/sensor-event/event.ts";
import { ask, did } from "../asking.ts";
import type { Case } from "../case.ts";
import { claimOf } from "./devices.ts";

const BOOT_PARAMETERS = [
  ...[BootParameter.SetInProgress, BootParameter.ValidBitClearing],
  ...[BootParameter.InfoAcknowledge, BootParameter.BootFlags],
];

/** Chassis, and where events go. */
export const chassisCases: readonly Case[] = [
  {
    id: "chassis/capabilities",
    section: "IPMI 2.0 §28.1",
    title: "Get Chassis Capabilities names who has what.",
    *run(look) {
      const claim = yield* claimOf("chassisDevice");
      const { answer } = yield* ask(getChassisCapabilities, {});
      did(look, answer, claim);
    },
  },
  {
    id: "chassis/status",
    section: "IPMI 2.0 §28.2",
    title: "Get Chassis Status says that the system has power, which it has.",
    *run(look) {
      const claim = yield* claimOf("chassisDevice");
      const { answer, value } = yield* ask(getChassisStatus, {});
      if (!did(look, answer, claim) || value === undefined) return;
      if (!value.powerOn) {
        look.violates("IPMI 2.0 §28.2", "the system is said to have no power, and it asks that");
      }
    },
  },
  {
    id: "chassis/restart-cause",
    section: "IPMI 2.0 §28.11",
    title: "Get System Restart Cause names a cause that there is.",
    *run(look) {
      const { answer, value } = yield* ask(getSystemRestartCause, {});
      if (!did(look, answer) || value === undefined) return;
      if (value.cause > 0x0b) look.tolerable("IPMI 2.0 §28.11", `cause ${value.cause} is reserved`);
    },
  },
  {
    id: "chassis/power-on-hours",
    section: "IPMI 2.0 §28.14",
    title: "Get POH Counter is answered, and does not go back.",
    *run(look) {
      const first = yield* ask(getPohCounter, {});
      if (!did(look, first.answer)) return;
      const second = yield* ask(getPohCounter, {});
      if (first.value === undefined || second.value === undefined) return;
      if (second.value.count < first.value.count) {
        const text = `the power-on hours go back from ${first.value.count} to ${second.value.count}`;
        look.violates("IPMI 2.0 §28.14", text);
      }
    },
  },
  {
    id: "chassis/boot-options",
    section: "IPMI 2.0 §28.13",
    title: "The boot options can be read.",
    *run(look) {
      for (const selector of BOOT_PARAMETERS) {
        const request = { selector, setSelector: 0, blockSelector: 0 };
        const { answer } = yield* ask(getSystemBootOptions, request);
        if (!did(look, answer)) return;
      }
    },
  },
  {
    id: "events/receiver",
    section: "IPMI 2.0 §29.2",
    title: "Get Event Receiver names where the BMC's events go.",
    *run(look) {
      const { answer } = yield* ask(getEventReceiver, {});
      did(look, answer);
    },
  },
];
