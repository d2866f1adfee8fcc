import { commandLayouts } from "../../ipmi/command-layouts.ts";
import { commandName } from "../../ipmi/command-table.ts";
import { Cc } from "../../ipmi/completion.ts";
import { answerText, send } from "../asking.ts";
import type { Case } from "../case.ts";

/** Reads, and nothing more; too long or too short a request for these does no harm where it is taken. */
const READS = [
  ...["Get Device ID", "Get Self Test Results", "Get Device GUID", "Get Watchdog Timer"],
  ...["Get BMC Global Enables", "Get Channel Info", "Get System GUID", "Get Chassis Capabilities"],
  ...["Get Chassis Status", "Get System Restart Cause", "Get POH Counter", "Get Event Receiver"],
  ...["Get SEL Info", "Get SEL Allocation Info", "Get SEL Time", "Get SEL Entry"],
  ...["Get SDR Repository Info", "Get SDR Repository Allocation Info", "Get SDR"],
  ...["Get FRU Inventory Area Info", "Read FRU Data", "Get ACPI Power State"],
];

const readers = commandLayouts.filter(({ netFn, cmd }) => READS.includes(commandName(netFn, cmd)));

/** Requests that a right BMC refuses for their form. The referee says what is wrong with what it says. */
export const lengthCases: readonly Case[] = [
  {
    id: "form/too-long",
    section: "IPMI 2.0 §5.2, Table 5-2",
    title: "A request with a byte too many is refused with C7h.",
    *run(look) {
      for (const { netFn, cmd, request } of readers) {
        const data = new Uint8Array(request.size.max + 1);
        const answer = yield* send({ netFn, cmd, data });
        if (answer.maker !== "bmc") look.inconclusive(answerText(answer));
      }
    },
  },
  {
    id: "form/too-short",
    section: "IPMI 2.0 §5.2, Table 5-2",
    title: "A request with a byte too few is refused with C7h.",
    *run(look) {
      for (const { netFn, cmd, request } of readers.filter((each) => each.request.size.min > 0)) {
        const data = new Uint8Array(request.size.min - 1);
        const answer = yield* send({ netFn, cmd, data });
        if (answer.maker !== "bmc") look.inconclusive(answerText(answer));
        else if (answer.cc === Cc.Ok) {
          look.tolerable("IPMI 2.0 §5.2", `${commandName(netFn, cmd)} is done with a byte too few`);
        }
      }
    },
  },
];
