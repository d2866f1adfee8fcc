import type { TraceEvent } from "../trace/events.ts";
import type { CommonTopics, HostRead, HostWrite } from "./automaton.ts";
import type { Topic } from "./dispatch.ts";

/**
 * Tells whoever asked for it of an event of the wire: nearly all events are. Returns false, and tells
 * nobody, when it is none.
 */
export function tellOfWire(on: CommonTopics, event: TraceEvent): boolean {
  switch (event.e) {
    case "host.read":
      on.hostRead.tell(event);
      readOf(event.reg, on)?.tell(event);
      return true;
    case "host.write":
      on.hostWrite.tell(event);
      writeOf(event.reg, on)?.tell(event);
      return true;
    case "bmc.read":
      on.bmcRead.tell(event);
      return true;
    case "bmc.write":
      on.bmcWrite.tell(event);
      return true;
    case "bmc.status":
      on.bmcStatus.tell(event);
      return true;
    case "bmc.code":
      on.bmcCode.tell(event);
      return true;
    case "host.bus":
      on.hostBus.tell(event);
      return true;
    case "bmc.bus":
      on.bmcBus.tell(event);
      return true;
    case "host.opal-send":
      on.hostSend.tell(event);
      return true;
    case "host.opal-recv":
      on.hostRecv.tell(event);
      return true;
    default:
      return false;
  }
}

/** Who hears of reads of this register alone: no protocol has one that is not here. */
function readOf(reg: HostRead["reg"], on: CommonTopics): Topic<HostRead> | undefined {
  switch (reg) {
    case "status":
      return on.hostStatus;
    case "data":
      return on.hostData;
    case "control":
      return on.hostControl;
    case "flags":
      return on.hostFlags;
    case "intmask":
      return on.hostMask;
    case "command":
      return undefined;
  }
}

/** The same of writes. */
function writeOf(reg: HostWrite["reg"], on: CommonTopics): Topic<HostWrite> | undefined {
  switch (reg) {
    case "data":
      return on.hostWriteData;
    case "command":
      return on.hostWriteCommand;
    case "control":
      return on.hostWriteControl;
    case "flags":
      return on.hostWriteFlags;
    case "intmask":
      return on.hostWriteMask;
    case "status":
      return undefined;
  }
}
