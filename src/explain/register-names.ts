import type { TransportKind } from "../trace/head.ts";
import { BtControl, BtInterruptMask } from "../wire/bt/protocol.ts";
import { Control, Status } from "../wire/kcs/protocol.ts";
import { SmicControl, SmicFlag, SmicStatus } from "../wire/smic/protocol.ts";

/** A byte that means something by its bits, or as a whole. */
type Names = (value: number) => string;

/** The states S1 S0 of KCS, by number. @see IPMI 2.0 §9.7, Table 9-2 */
const KCS_STATES = ["IDLE_STATE", "READ_STATE", "WRITE_STATE", "ERROR_STATE"] as const;

/** @see IPMI 2.0 §9.7, Table 9-1 */
const KCS_BITS = [
  [Status.Obf, "OBF"],
  [Status.Ibf, "IBF"],
  [Status.SmsAtn, "SMS_ATN"],
  [Status.Cd, "C/D#"],
  [Status.Oem1, "OEM1"],
  [Status.Oem2, "OEM2"],
] as const;
const kcsBits = bitNames(KCS_BITS);

/** @see IPMI 2.0 §9.10, Table 9-3 */
const kcsControl = wholeNames([
  [Control.GetStatusAbort, "GET_STATUS/ABORT"],
  [Control.WriteStart, "WRITE_START"],
  [Control.WriteEnd, "WRITE_END"],
  [Control.Read, "READ"],
]);

/** @see IPMI 2.0 §10.3.1 */
const SMIC_FLAGS = [
  [SmicFlag.Busy, "BUSY"],
  [SmicFlag.SmsAtn, "SMS_ATN"],
  [SmicFlag.EvtAtn, "EVT_ATN"],
  [SmicFlag.Smi, "SMI"],
  [SmicFlag.TxDataRdy, "TX_DATA_RDY"],
  [SmicFlag.RxDataRdy, "RX_DATA_RDY"],
] as const;

/** Control and status codes of the system's software. @see IPMI 2.0 §10.9, §10.11 */
const smicCodes = wholeNames([
  [SmicControl.GetStatus, "CC_SMS_GET_STATUS"],
  [SmicControl.WriteStart, "CC_SMS_WR_START"],
  [SmicControl.WriteNext, "CC_SMS_WR_NEXT"],
  [SmicControl.WriteEnd, "CC_SMS_WR_END"],
  [SmicControl.ReadStart, "CC_SMS_RD_START"],
  [SmicControl.ReadNext, "CC_SMS_RD_NEXT"],
  [SmicControl.ReadEnd, "CC_SMS_RD_END"],
  [SmicStatus.Ready, "SC_SMS_RDY"],
  [SmicStatus.WriteStart, "SC_SMS_WR_START"],
  [SmicStatus.WriteNext, "SC_SMS_WR_NEXT"],
  [SmicStatus.WriteEnd, "SC_SMS_WR_END"],
  [SmicStatus.ReadStart, "SC_SMS_RD_START"],
  [SmicStatus.ReadNext, "SC_SMS_RD_NEXT"],
  [SmicStatus.ReadEnd, "SC_SMS_RD_END"],
]);

/** @see IPMI 2.0 §11.6.4 */
const BT_CONTROL = [
  [BtControl.ClearWritePointer, "CLR_WR_PTR"],
  [BtControl.ClearReadPointer, "CLR_RD_PTR"],
  [BtControl.H2bAtn, "H2B_ATN"],
  [BtControl.B2hAtn, "B2H_ATN"],
  [BtControl.SmsAtn, "SMS_ATN"],
  [BtControl.Oem0, "OEM0"],
  [BtControl.HBusy, "H_BUSY"],
  [BtControl.BBusy, "B_BUSY"],
] as const;

/** @see IPMI 2.0 §11.6.5 */
const btInterruptMask = bitNames([
  [BtInterruptMask.Enable, "B2H_IRQ_EN"],
  [BtInterruptMask.Interrupt, "B2H_IRQ"],
  [BtInterruptMask.HardwareReset, "BMC_HWRST"],
]);

/** What a register's bytes mean, by interface and by the register's name in a trace. */
const REGISTERS: Readonly<Record<TransportKind, Readonly<Record<string, Names>>>> = {
  kcs: { status: kcsStatus, command: kcsControl },
  smic: { flags: bitNames(SMIC_FLAGS), control: smicCodes },
  bt: { control: bitNames(BT_CONTROL), intmask: btInterruptMask },
  ssif: {},
  opal: {},
};

/** The register that the BMC's status events show, by interface. */
const STATUS_REGISTER = {
  kcs: "status",
  smic: "flags",
  bt: "control",
  ssif: "",
  opal: "",
} as const;

const STATUS_BITS = {
  kcs: KCS_BITS,
  smic: SMIC_FLAGS,
  bt: BT_CONTROL,
  ssif: [],
  opal: [],
} as const;

/** The bits of the BMC's status register, KCS's state apart, by their masks. */
export function statusBits(
  kind: TransportKind,
): readonly (readonly [mask: number, name: string])[] {
  return STATUS_BITS[kind];
}

/** What a byte in that register means; empty when it is just a byte. */
export function registerNames(kind: TransportKind, register: string, value: number): string {
  return REGISTERS[kind][register]?.(value) ?? "";
}

/** What the BMC's whole status register means. */
export function statusNames(kind: TransportKind, value: number): string {
  return registerNames(kind, STATUS_REGISTER[kind], value);
}

/** What a control or status code means that is no register's of its own. */
export function codeNames(kind: TransportKind, value: number): string {
  if (kind === "kcs") return kcsControl(value);
  return kind === "smic" ? smicCodes(value) : "";
}

function kcsStatus(value: number): string {
  const bits = kcsBits(value);
  return [KCS_STATES[value >> 6] ?? "", ...(bits === "" ? [] : [bits])].join(" ");
}

function bitNames(bits: readonly (readonly [mask: number, name: string])[]): Names {
  return (value) => {
    const set = bits.filter(([mask]) => (value & mask) !== 0);
    return set.map(([, name]) => name).join(" ");
  };
}

function wholeNames(names: readonly (readonly [value: number, name: string])[]): Names {
  const byValue = new Map(names);
  return (value) => byValue.get(value) ?? "";
}
