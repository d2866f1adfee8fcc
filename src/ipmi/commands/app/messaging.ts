import { commandLayout } from "../../command-layout.ts";
import { NetFn } from "../../command-table.ts";
import { bytes, flag, nothing, record, reserved, rest, uint, type ValueOf } from "../../record.ts";

/** @see IPMI 2.0 §22.1, §22.2 */
export const globalEnables = record({
  /** Also the KCS communication interrupt. */
  receiveMessageQueueInterrupt: flag,
  eventMessageBufferFullInterrupt: flag,
  eventMessageBuffer: flag,
  systemEventLogging: flag,
  _1: reserved(1),
  oem0: flag,
  oem1: flag,
  oem2: flag,
});
/** What the BMC's message channel does by itself. @see IPMI 2.0 §22.1 */
export type GlobalEnables = ValueOf<typeof globalEnables>;

/** The same as bits, for who reads, changes and writes them. @see IPMI 2.0 §22.1 */
export const GlobalEnable = {
  ReceiveMessageQueueInterrupt: 0x01,
  EventMessageBufferFullInterrupt: 0x02,
  EventMessageBuffer: 0x04,
  SystemEventLogging: 0x08,
  Oem0: 0x20,
  Oem1: 0x40,
  Oem2: 0x80,
} as const;

/** @see IPMI 2.0 §22.1 */
export const setBmcGlobalEnables = commandLayout({
  netFn: NetFn.App,
  cmd: 0x2e,
  request: globalEnables,
  response: nothing,
});

/** @see IPMI 2.0 §22.2 */
export const getBmcGlobalEnables = commandLayout({
  netFn: NetFn.App,
  cmd: 0x2f,
  request: nothing,
  response: globalEnables,
});

/** @see IPMI 2.0 §22.3, §22.4 */
export const messageFlags = record({
  receiveMessageAvailable: flag,
  eventMessageBufferFull: flag,
  _1: reserved(1),
  watchdogPretimeout: flag,
  _2: reserved(1),
  oem0: flag,
  oem1: flag,
  oem2: flag,
});
/** What the BMC has to say to its host. @see IPMI 2.0 §22.4 */
export type MessageFlags = ValueOf<typeof messageFlags>;

/** The same as bits. @see IPMI 2.0 §22.4 */
export const MessageFlag = {
  ReceiveMessageAvailable: 0x01,
  EventMessageBufferFull: 0x02,
  WatchdogPretimeout: 0x08,
  Oem0: 0x20,
  Oem1: 0x40,
  Oem2: 0x80,
} as const;

/** The flags that are true are cleared. @see IPMI 2.0 §22.3 */
export const clearMessageFlags = commandLayout({
  netFn: NetFn.App,
  cmd: 0x30,
  request: messageFlags,
  response: nothing,
});

/** @see IPMI 2.0 §22.4 */
export const getMessageFlags = commandLayout({
  netFn: NetFn.App,
  cmd: 0x31,
  request: nothing,
  response: messageFlags,
});

/** @see IPMI 2.0 §22.5 */
export const ChannelReceive = { Disable: 0, Enable: 1, Get: 2 } as const;

/** @see IPMI 2.0 §22.5 */
export const enableMessageChannelReceive = commandLayout({
  netFn: NetFn.App,
  cmd: 0x32,
  request: record({
    channel: uint(4),
    _1: reserved(4),
    operation: uint(2),
    _2: reserved(6),
  }),
  response: record({
    channel: uint(4),
    _1: reserved(4),
    enabled: flag,
    _2: reserved(7),
  }),
});

/** What `message` holds depends on the channel's medium: see `ipmb.ts`. @see IPMI 2.0 §22.6 */
export const getMessage = commandLayout({
  netFn: NetFn.App,
  cmd: 0x33,
  request: nothing,
  response: record({
    channel: uint(4),
    /** Inferred privilege level: 0 unspecified, else a `Privilege`. */
    privilege: uint(4),
    message: rest,
  }),
});

/** @see IPMI 2.0 §22.7 */
export const Tracking = { None: 0, Track: 1, SendRaw: 2 } as const;

/** What `message` holds depends on the channel's medium: see `ipmb.ts`. @see IPMI 2.0 §22.7 */
export const sendMessage = commandLayout({
  netFn: NetFn.App,
  cmd: 0x34,
  request: record({
    channel: uint(4),
    authenticated: flag,
    encrypted: flag,
    tracking: uint(2),
    message: rest,
  }),
  /** Empty but for a requester on IPMB that sends to a channel with sessions. */
  response: record({ message: rest }),
});

/** `record` is a SEL record: see `selEventRecord`. @see IPMI 2.0 §22.8 */
export const readEventMessageBuffer = commandLayout({
  netFn: NetFn.App,
  cmd: 0x35,
  request: nothing,
  response: record({ record: bytes(16) }),
});
