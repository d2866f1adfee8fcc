import type { ChannelInfo } from "../../ipmi/commands/app/channel.ts";
import type { IpmbFrame } from "../../ipmi/ipmb.ts";
import type { IpmbPort } from "../../wire/ipmb/port.ts";
import type { WatchdogSupport } from "../commands/app/watchdog.ts";
import type { Origin } from "../front/origin.ts";
import type { IpmbTiming } from "../ipmb/timing.ts";
import type { SystemInterface } from "../stores/channels.ts";
import type { FruContent } from "../stores/fru-image.ts";
import type { PowerAction, PowerCause } from "./host-power.ts";
import type { IdentityOptions } from "./identity.ts";
import type { IpmbDevice } from "./ipmb-bus.ts";

/** What a controller is and has; all that is left out is as on an ordinary BMC. */
export interface ControllerOptions extends IdentityOptions {
  /** The interface that the controller serves; a KCS one by default. */
  readonly systemInterface?: Partial<SystemInterface>;
  /** Channels beside the primary IPMB and the system interface. */
  readonly channels?: readonly ChannelInfo[];
  /** Controllers on the IPMB beside the BMC. */
  readonly ipmb?: readonly IpmbDevice[];
  /** The IPMB beyond those, with whoever is there; by default nobody. */
  readonly ipmbPort?: IpmbPort;
  /** How long the BMC waits on IPMB, and how often it tries, for those whose requests it tracks. */
  readonly ipmbTiming?: Partial<IpmbTiming>;
  /** False: the platform has no event message buffer. */
  readonly eventBuffer?: boolean;
  /** Bits of the global enables that this platform cannot clear. */
  readonly stuckEnables?: number;
  readonly log?: {
    /** In records; 16 or more. */
    readonly capacity?: number;
  };
  /** The sensor data records in order, with ids to be filled in; by default a plain BMC's. */
  readonly sdr?: readonly Uint8Array[];
  /** What FRU device 0 says; `image` is its whole content instead. */
  readonly fru?: Partial<FruContent> & {
    readonly image?: Uint8Array;
    readonly writeProtected?: boolean;
  };
  /** What the platform can do for the watchdog; everything by default. */
  readonly watchdog?: Partial<WatchdogSupport>;
  /** Whether the host has power at first; it has by default. */
  readonly poweredOn?: boolean;
  /** Commands that this platform lacks: they are answered with C1h. */
  readonly unsupported?: readonly { readonly netFn: number; readonly cmd: number }[];
}

/** What the controller does to the world around it. */
export interface ControllerOutputs {
  /** Message flags or enables changed: the interface sets or clears SMS_ATN and its interrupt. */
  attentionChanged(): void;
  /** The host commanded a reset of the BMC; its response has gone out. */
  resetRequested(kind: "cold" | "warm"): void;
  /** Something happens to the host. A `power-cycle` ends with a `power-up` of the same cause. */
  power(action: PowerAction, cause: PowerCause): void;
  /** The watchdog's pre-timeout interrupt; for `messaging` the message flag has been set. */
  pretimeout(kind: "smi" | "nmi" | "messaging"): void;
  /**
   * A controller on IPMB answered a request that came from `to` in a Send Message with tracking: the response has who
   * asked for its receiver, as in that request.
   */
  bridged?(response: IpmbFrame, to: Origin): void;
  /** For the trace: what becomes known of the controller's inner life. */
  life(what: "watchdog-expired" | "sel" | "message" | "ipmb", text: string): void;
}
