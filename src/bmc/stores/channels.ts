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
import { SystemInterfaceType } from "../../ipmi/commands/app/system-interface.ts";

/** The system interface that carries the controller's commands. */
export interface SystemInterface {
  /** One of `SystemInterfaceType`. */
  readonly type: number;
  /** Longest request and response, NetFn/LUN to the last byte of data. */
  readonly inputBytesMax: number;
  readonly outputBytesMax: number;
  /** Interrupts in the form of `ChannelInterrupt`. */
  readonly smsInterrupt: number;
  readonly eventBufferInterrupt: number;
}

export const SYSTEM_INTERFACE_DEFAULT: SystemInterface = {
  type: SystemInterfaceType.Kcs,
  inputBytesMax: 255,
  outputBytesMax: 255,
  smsInterrupt: ChannelInterrupt.None,
  eventBufferInterrupt: ChannelInterrupt.None,
};

/** What a KCS or SMIC interface carries at least. @see IPMI 2.0 §6.13 */
const INPUT_BYTES_MIN = 40;
const OUTPUT_BYTES_MIN = 38;
const SIZE_MAX = 255;

const PROTOCOLS: ReadonlyMap<number, number> = new Map([
  [SystemInterfaceType.Kcs, ChannelProtocol.Kcs],
  [SystemInterfaceType.Smic, ChannelProtocol.Smic],
  [SystemInterfaceType.Ssif, ChannelProtocol.IpmiSmbus],
]);

/** The channels that the controller has, by number. @see IPMI 2.0 §6.3, §22.24 */
export class Channels {
  readonly #byNumber: ReadonlyMap<number, ChannelInfo>;

  /** `more` are channels beside the primary IPMB and the system interface. */
  constructor(systemInterface: SystemInterface, more: readonly ChannelInfo[]) {
    const { inputBytesMax, outputBytesMax } = systemInterface;
    assert(inputBytesMax >= INPUT_BYTES_MIN, "the interface takes 40 bytes or more");
    assert(outputBytesMax >= OUTPUT_BYTES_MIN, "the interface gives 38 bytes or more");
    assert(inputBytesMax <= SIZE_MAX && outputBytesMax <= SIZE_MAX, "sizes fit into their fields");
    const all = [PRIMARY_IPMB, systemInterfaceChannel(systemInterface), ...more];
    this.#byNumber = new Map(all.map((info) => [info.channel, info]));
  }

  /** The channel with that number, Eh being the one that asks: the system interface. */
  find(number: number): ChannelInfo | undefined {
    const channel = number === Channel.Present ? Channel.SystemInterface : number;
    return this.#byNumber.get(channel);
  }

  /** Those whose messages reach the system software through the receive message queue. */
  get queued(): readonly number[] {
    return [...this.#byNumber.keys()].filter((channel) => channel !== Channel.SystemInterface);
  }
}

const PRIMARY_IPMB: ChannelInfo = {
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
