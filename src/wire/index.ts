/** What lies between host and BMC: register blocks and buses with their two faces, taps and faults. */
export { type HostWire, INTERFACES, type InterfaceKind } from "./interface.ts";
export { type ActiveFault, FaultyKcsPort, type KcsWireFault } from "./kcs/faults.ts";
export { Control, Phase, Status, StatusCode } from "./kcs/protocol.ts";
export { type KcsController, KcsRegisters } from "./kcs/registers.ts";
export { BmcTap, HostTap } from "./kcs/tap.ts";
export type { RegisterPort, TransactionTags } from "./port.ts";
