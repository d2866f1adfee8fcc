/**
 * The seat of QEMU's own IPMI devices: a machine whose processor stands still, and whose registers we
 * drive from outside by QEMU's test protocol. No guest, no driver but ours.
 */
export { BMC_CHIPS, BmcBoard, type BmcChip, type KcsChannel } from "./bmc-board.ts";
export { examineDevices } from "./doctor.ts";
export { ExternBmc, type ExternBmcParts } from "./extern-bmc.ts";
export { type ExternOrder, ExternSocket } from "./extern-socket.ts";
export {
  INTERRUPT_CONTROLLER,
  type IpmiDevice,
  ISA_INTERRUPT,
  startIpmiDevice,
  startSsifDevice,
} from "./ipmi-device.ts";
export { QemuMachine } from "./machine.ts";
export { Qmp } from "./qmp.ts";
export { type LineChange, Qtest } from "./qtest.ts";
