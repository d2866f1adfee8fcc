import { assert } from "../../assert.ts";
import {
  Channel,
  type ChannelInfo,
  ChannelInterrupt,
  ChannelMedium,
  ChannelProtocol,
  IPMI_VENDOR_ID,
  SessionSupport,
} from "../../ipmi/commands/app/channel.ts";
import {
  type BtInterfaceCapabilities,
  SsifTransactions,
  SystemInterfaceType,
} from "../../ipmi/commands/app/system-interface.ts";
import { REQUEST_BYTES_SUPPORTED } from "../../ipmi/message.ts";

/** The system interface that carries the controller's commands. */
export interface SystemInterface {
  /** One of `SystemInterfaceType`; undefined for BT, which is not among them. */
  readonly type: number | undefined;
  /** What a BT interface says of itself; undefined for the others. */
  readonly bt: BtInterfaceCapabilities | undefined;
  /** What SSIF says of itself; not asked of the others. */
  readonly ssif: SsifAbilities;
  /** Longest request and response, NetFn/LUN to the last byte of data. */
  readonly inputBytesMax: number;
  readonly outputBytesMax: number;
  /** Interrupts in the form of `ChannelInterrupt`. */
  readonly smsInterrupt: number;
  readonly eventBufferInterrupt: number;
}

/** @see IPMI 2.0 §22.9 */
export interface SsifAbilities {
  /** One of `SsifTransactions`. */
  readonly transactions: number;
  readonly pecSupported: boolean;
}

export const SYSTEM_INTERFACE_DEFAULT: SystemInterface = {
  type: SystemInterfaceType.Kcs,
  bt: undefined,
  ssif: { transactions: SsifTransactions.StartMiddleAndEnd, pecSupported: true },
  inputBytesMax: 255,
  outputBytesMax: 255,
  smsInterrupt: ChannelInterrupt.None,
  eventBufferInterrupt: ChannelInterrupt.None,
};

/** What an interface carries at least; a part of SSIF is smaller. @see IPMI 2.0 §6.13, §12.2 */
const INPUT_BYTES_MIN = REQUEST_BYTES_SUPPORTED;
const OUTPUT_BYTES_MIN = 38;
const SSIF_PART_BYTES = 32;
const SIZE_MAX = 255;

const PROTOCOLS: ReadonlyMap<number | undefined, number> = new Map([
  [SystemInterfaceType.Kcs, ChannelProtocol.Kcs],
  [SystemInterfaceType.Smic, ChannelProtocol.Smic],
  [SystemInterfaceType.Ssif, ChannelProtocol.IpmiSmbus],
  [undefined, ChannelProtocol.Bt15],
]);

/** The channels that the controller has, by number. @see IPMI 2.0 §6.3, §22.24 */
export class Channels {
  private readonly _byNumber: ReadonlyMap<number, ChannelInfo>;

  /** `more` are channels beside the primary IPMB and the system interface. */
  constructor(systemInterface: SystemInterface, more: readonly ChannelInfo[]) {
    const { type, inputBytesMax, outputBytesMax } = systemInterface;
    const least = type === SystemInterfaceType.Ssif ? SSIF_PART_BYTES : undefined;
    assert(inputBytesMax >= (least ?? INPUT_BYTES_MIN), "the interface takes the least requests");
    assert(outputBytesMax >= (least ?? OUTPUT_BYTES_MIN), "it gives the least responses");
    assert(inputBytesMax <= SIZE_MAX && outputBytesMax <= SIZE_MAX, "sizes fit into their fields");
    const all = [PRIMARY_IPMB, systemInterfaceChannel(systemInterface), ...more];
    this._byNumber = new Map(all.map((info) => [info.channel, info]));
  }

  /** The channel with that number; Eh is the one by which the request came, `present`. */
  find(number: number, present: number = Channel.Present): ChannelInfo | undefined {
    return this._byNumber.get(number === Channel.Present ? present : number);
  }

  /** Those whose messages reach the system software through the receive message queue. */
  get queued(): readonly number[] {
    return [...this._byNumber.keys()].filter((channel) => channel !== Channel.SystemInterface);
  }
}

/** @see IPMI 2.0 §6.3 */
export const PRIMARY_IPMB: ChannelInfo = {
  channel: Channel.PrimaryIpmb,
  medium: ChannelMedium.Ipmb,
  protocol: ChannelProtocol.Ipmb,
  activeSessions: 0,
  sessionSupport: SessionSupport.SessionLess,
  vendorId: IPMI_VENDOR_ID,
  auxiliary1: 0,
  auxiliary2: 0,
};

function systemInterfaceChannel(systemInterface: SystemInterface): ChannelInfo {
  return {
    channel: Channel.SystemInterface,
    medium: ChannelMedium.SystemInterface,
    protocol: PROTOCOLS.get(systemInterface.type) ?? ChannelProtocol.Kcs,
    activeSessions: 0,
    sessionSupport: SessionSupport.SessionLess,
    vendorId: IPMI_VENDOR_ID,
    auxiliary1: systemInterface.smsInterrupt,
    auxiliary2: systemInterface.eventBufferInterrupt,
  };
}
