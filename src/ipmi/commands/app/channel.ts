import { commandLayout } from "../../command-layout.ts";
import { NetFn } from "../../command-table.ts";
import { record, reserved, uint, type ValueOf } from "../../record.ts";

/** Channel numbers with a fixed meaning. @see IPMI 2.0 §6.3 */
export const Channel = { PrimaryIpmb: 0x0, Present: 0xe, SystemInterface: 0xf } as const;

/** 60h to 7Fh are OEM. @see IPMI 2.0 §6.5, Table 6-3 */
export const ChannelMedium = {
  Ipmb: 0x01,
  Icmb10: 0x02,
  Icmb09: 0x03,
  Lan: 0x04,
  Serial: 0x05,
  OtherLan: 0x06,
  PciSmbus: 0x07,
  Smbus10: 0x08,
  Smbus20: 0x09,
  Usb1: 0x0a,
  Usb2: 0x0b,
  SystemInterface: 0x0c,
} as const;

/** 1Ch to 1Fh are OEM. @see IPMI 2.0 §6.4, Table 6-2 */
export const ChannelProtocol = {
  Ipmb: 0x01,
  Icmb: 0x02,
  IpmiSmbus: 0x04,
  Kcs: 0x05,
  Smic: 0x06,
  Bt10: 0x07,
  Bt15: 0x08,
  TerminalMode: 0x09,
} as const;

/** @see IPMI 2.0 §22.24 */
export const SessionSupport = { SessionLess: 0, Single: 1, Multi: 2, SessionBased: 3 } as const;

/** The vendor ID of protocols that IPMI defines: its own enterprise number. @see IPMI 2.0 §22.24 */
export const IPMI_VENDOR_ID = 0x1bf2;

/**
 * The auxiliary bytes are 0 but for channel Fh (the interrupts of SMS and of the Event Message
 * Buffer) and for OEM channels. @see IPMI 2.0 §22.24
 */
export const getChannelInfo = commandLayout({
  netFn: NetFn.App,
  cmd: 0x42,
  request: record({ channel: uint(4), _1: reserved(4) }),
  response: record({
    channel: uint(4),
    _1: reserved(4),
    medium: uint(7),
    _2: reserved(1),
    protocol: uint(5),
    _3: reserved(3),
    activeSessions: uint(6),
    sessionSupport: uint(2),
    vendorId: uint(24),
    auxiliary1: uint(8),
    auxiliary2: uint(8),
  }),
});
/** What a channel is, after its completion code. @see IPMI 2.0 §22.24 */
export type ChannelInfo = ValueOf<typeof getChannelInfo.response>;

/** Interrupts in the auxiliary bytes of channel Fh; 00h to 0Fh are IRQ 0 to 15. */
export const ChannelInterrupt = {
  PciA: 0x10,
  PciB: 0x11,
  PciC: 0x12,
  PciD: 0x13,
  Smi: 0x14,
  Sci: 0x15,
  AssignedByAcpi: 0x60,
  None: 0xff,
} as const;
