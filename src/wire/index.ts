/** What lies between host and BMC: register blocks and buses with their two faces, taps and faults. */

export type { ActiveFault } from "./acting-faults.ts";
export { type BtWireFault, FaultyBtPort } from "./bt/faults.ts";
export { BtControl, BtInterruptMask, BtRegister } from "./bt/protocol.ts";
export { type BtController, BtRegisters } from "./bt/registers.ts";
export { BtBmcTap, BtHostTap } from "./bt/tap.ts";
export { type HostWire, INTERFACES, type InterfaceKind } from "./interface.ts";
export { FaultyKcsPort, type KcsWireFault } from "./kcs/faults.ts";
export { Control, Phase, Status, StatusCode } from "./kcs/protocol.ts";
export { type KcsController, KcsRegisters } from "./kcs/registers.ts";
export { BmcTap, HostTap } from "./kcs/tap.ts";
export type { RegisterPort, TransactionTags } from "./registers/port.ts";
export { type BusClock, NO_CLOCK, Smbus } from "./smbus/bus.ts";
export { FaultySmbus, type SmbusFault } from "./smbus/faults.ts";
export { pec } from "./smbus/pec.ts";
export {
  Bus,
  type SmbusPort,
  type SmbusSlave,
  type SmbusTarget,
} from "./smbus/port.ts";
export { ALERT_RESPONSE_ADDRESS, READ_BIT } from "./smbus/protocol.ts";
export { BmcTap as SmbusBmcTap, HostTap as SmbusHostTap } from "./smbus/tap.ts";
export { FaultySmicPort, type SmicWireFault } from "./smic/faults.ts";
export { SmicControl, SmicError, SmicFlag, SmicRegister, SmicStatus } from "./smic/protocol.ts";
export { type SmicController, SmicRegisters } from "./smic/registers.ts";
export { SmicBmcTap, SmicHostTap } from "./smic/tap.ts";
export { SSIF_ADDRESS, SsifCommand } from "./ssif/protocol.ts";
