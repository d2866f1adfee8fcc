/**
 * What lies between host and BMC: register blocks and buses with their two faces, taps and faults. For
 * whoever puts a driver or a BMC of his own on a wire, or breaks one on purpose.
 *
 * ```ts
 * import { Control, KcsRegisters, Status } from "baseboard/wire";
 *
 * const registers = new KcsRegisters();
 * registers.write(1, Control.WriteStart); // the host's face: data at 0, status and command at 1
 * console.log((registers.readStatus() & Status.Ibf) !== 0); // the BMC's: true, a byte waits
 * ```
 */
export type { ActiveFault } from "./acting-faults.ts";
export { BtBmcTap } from "./bt/bmc-tap.ts";
export { BtControl, BtInterruptMask, BtRegister } from "./bt/protocol.ts";
export { type BtController, BtRegisters } from "./bt/registers.ts";
export {
  type HostWire,
  INTERFACES,
  type InterfaceKind,
  type MachineWire,
  MEDIUM,
  type Medium,
  TRANSPORTS,
  type TransportKind,
} from "./interface.ts";
export { KcsBmcTap } from "./kcs/bmc-tap.ts";
export { Control, Phase, Status, StatusCode } from "./kcs/protocol.ts";
export { type KcsController, KcsRegisters } from "./kcs/registers.ts";
export { type FaultTime, FaultyRegisterPort, type RegisterFault } from "./registers/faults.ts";
export { RegisterHostTap } from "./registers/host-tap.ts";
export type { RegisterLayout } from "./registers/layout.ts";
export { REGISTER_LAYOUTS } from "./registers/layouts.ts";
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
export { SmbusBmcTap, SmbusHostTap } from "./smbus/tap.ts";
export { SmicBmcTap } from "./smic/bmc-tap.ts";
export { SmicControl, SmicError, SmicFlag, SmicRegister, SmicStatus } from "./smic/protocol.ts";
export { type SmicController, SmicRegisters } from "./smic/registers.ts";
export { SSIF_ADDRESS, SsifCommand } from "./ssif/protocol.ts";
